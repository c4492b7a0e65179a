using Castellan;
using Castellan.Installation;

try
{
    await using var app = Server.Build(args);
    await app.Services.GetRequiredService<FirstStart>().Run(CancellationToken.None);
    await app.RunAsync();
    return 0;
}
catch (UnsafeStartException unsafeStart)
{
    await Console.Error.WriteLineAsync($"castellan-server does not start. {unsafeStart.Message}");
    return 78; // EX_CONFIG
}
