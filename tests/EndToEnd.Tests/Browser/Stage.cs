using Microsoft.Playwright;
using Xunit;

namespace Castellan.EndToEnd.Browser;

/// <summary>A server, the sample app beside it, and Chromium. Tells what it saw when a play fails.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private const float WaitMs = 15_000;

    private readonly PublishedServer server;
    private readonly IPlaywright playwright;
    private readonly IBrowser browser;
    private readonly List<Window> windows = [];

    private Stage(PublishedServer server, SampleSite sample, IPlaywright playwright, IBrowser browser) =>
        (this.server, Sample, this.playwright, this.browser) = (server, sample, playwright, browser);

    public SampleSite Sample { get; }

    public Uri Castellan => server.Address;

    public Uri OwnerLink => server.OwnerLink;

    public static async Task<Stage> Set()
    {
        if (Directory.Exists(Published.Screenshots)) Directory.Delete(Published.Screenshots, recursive: true);
        Directory.CreateDirectory(Published.Screenshots);
        var driver = await Playwright.CreateAsync();
        var chromium = await Launch(driver);
        Assertions.SetDefaultExpectTimeout(WaitMs);
        return new Stage(await PublishedServer.Start(), await SampleSite.Start(), driver, chromium);
    }

    public static Task<IBrowser> Launch(IPlaywright driver) => driver.Chromium.LaunchAsync(new()
    {
        ExecutablePath = Published.Chromium,
        // Root, as which tests run in a container, gets no sandbox.
        Args = ["--no-sandbox", "--disable-gpu"],
    });

    public async Task<Window> OpenWindow(string name, BrowserNewContextOptions? options = null)
    {
        var window = await Window.Open(browser, name, Published.Screenshots, options);
        windows.Add(window);
        return window;
    }

    public async Task<PersonTab> Person(Window window, string name, string email) =>
        new(window, await window.NewTab(), name, email, Sample.Origin);

    /// <summary>Runs a play. Where it fails, the test's output has the pages' text and the server's log.</summary>
    public async Task Play(Func<Task> play)
    {
        try
        {
            await play();
        }
        catch
        {
            var output = TestContext.Current.TestOutputHelper!;
            foreach (var window in windows) output.WriteLine(await window.Testimony());
            output.WriteLine($"The server:\n{server.Log}");
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
        await Sample.DisposeAsync();
        await server.DisposeAsync();
    }
}
