namespace Castellan.Tests.Identity.Pages;

/// <summary>An <see cref="IdentityWorld"/> whose app has an address to come back to, and a browser.</summary>
internal sealed class HostedWorld : IAsyncDisposable
{
    public const string Ada = "ada@example.com";

    private HostedWorld(IdentityWorld world) => (World, Browser) = (world, new PageBrowser(world.Server));

    public IdentityWorld World { get; }

    public PageBrowser Browser { get; }

    public App App => World.App;

    public static async Task<HostedWorld> Start(params string[] settings)
    {
        var world = await IdentityWorld.Start(settings);
        await AllowCallback(world.Server, world.App);
        return new HostedWorld(world);
    }

    public static async Task AllowCallback(TestServer server, App app)
    {
        foreach (var environment in (string[])["sandbox", "live"])
        {
            string[] redirects = [PageBrowser.Callback];
            string[] origins = ["http://127.0.0.1:9"];
            await server.InProcess.Call(
                InProcess.Owner, "apps.settings.update", path: new { app = app.Id, environment },
                body: new { redirect_uris = redirects, origins });
        }
    }

    /// <summary>Ada, signed up by an app's form, so that no page was seen yet.</summary>
    public Task<Tokens> SignUpAda() => World.SignUp(Ada);

    public Task<PageBrowser.Page> SignIn(string environment = "sandbox", string more = "") => Browser.SignIn(
        PageBrowser.Authorize(environment == "live" ? App.Live : App.Sandbox, environment, more), Ada,
        IdentityWorld.Password);

    public Task Transition(string state) => World.Server.InProcess.Call(
        InProcess.Owner, "apps.transition", path: new { app = App.Id }, body: new { state, reason = "a test" });

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        await World.DisposeAsync();
    }
}
