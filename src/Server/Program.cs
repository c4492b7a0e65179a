using System.CommandLine;
using Castellan;
using Castellan.Installation.Commands;
using Castellan.Operators;

var build = (string[] settings) => Server.Build(settings);
var root = new RootCommand("Castellan, the control layer for apps: use every builder, keep the keys.")
{
    ServeCommand.Create(build),
    MigrateCommand.Create(build),
    OwnerCommand.Create(build),
    TokenCommand.Create(build),
    DoctorCommand.Create(),
};
root.Runs((_, settings, ct) => ServeCommand.Serve(build, settings, ct));
// The host itself listens for signals and finishes what runs.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
