using System.Collections.Concurrent;
using System.Globalization;
using AwesomeAssertions;
using Microsoft.Playwright;

namespace Castellan.EndToEnd.Browser;

/// <summary>
/// A browser window of its own: cookies and storage are shared by its tabs alone. It writes down what a person should
/// never cause: errors on the console (violations of the content security policy are among them), errors of scripts,
/// and requests that would leave this machine, which it does not let out.
/// </summary>
internal sealed class Window(string name, IBrowserContext context, string pictures)
{
    private static int looked;

    private readonly ConcurrentQueue<string> faults = new();
    private readonly ConcurrentQueue<(int Status, string Url)> refusals = new();

    public IReadOnlyList<IPage> Tabs => context.Pages;

    public static async Task<Window> Open(
        IBrowser browser, string name, string pictures, BrowserNewContextOptions? options = null)
    {
        var context = await browser.NewContextAsync(options);
        var window = new Window(name, context, pictures);
        await context.RouteAsync(_ => true, window.StayOnThisMachine);
        context.WebError += (_, error) => window.faults.Enqueue($"a script failed: {error.Error}");
        context.Console += (_, message) => window.Hear(message);
        return window;
    }

    public Task<IPage> NewTab() => context.NewPageAsync();

    /// <summary>Judges the page as it is shown now, on a desk and on a phone, and takes its picture.</summary>
    public async Task Look(IPage page, string called)
    {
        var number = Number();
        var size = page.ViewportSize!;
        string[] wrong = [.. await PageRules.Faults(page)];
        await Picture(page, $"{number}-{called}");
        await page.SetViewportSizeAsync(PageRules.Phone.Width, PageRules.Phone.Height);
        wrong = [.. wrong, .. await PageRules.FaultsOnPhone(page)];
        await Picture(page, $"{number}-{called}-phone", whole: false);
        await page.SetViewportSizeAsync(size.Width, size.Height);
        wrong.Should().BeEmpty($"{called} at {page.Url} is for everybody");
        faults.Should().BeEmpty($"{called} at {page.Url} works as a whole");
        refusals.Should().BeEmpty($"nothing on the way to {called} was meant to be refused");
    }

    /// <summary>As <see cref="Look"/>, for a page that others have written and that only has to work.</summary>
    public async Task Glance(IPage page, string called)
    {
        await Picture(page, $"{Number()}-{called}", whole: false);
        (await page.TitleAsync()).Should().NotBeEmpty();
        faults.Should().BeEmpty($"{called} at {page.Url} works as a whole");
    }

    /// <summary>
    /// That calls were refused with these statuses, and none with another. The browser reports refusals as errors on
    /// the console, and here they were meant.
    /// </summary>
    public void WasRefused(params int[] statuses)
    {
        refusals.Select(refusal => refusal.Status).Distinct().Should().BeEquivalentTo(statuses);
        refusals.Clear();
    }

    /// <summary>Pictures of all tabs, for whoever wants to know what went wrong, and what was written down.</summary>
    public async Task<string> Testimony()
    {
        var lines = faults.Concat(refusals.Select(r => $"{r.Status} {r.Url}")).ToList();
        foreach (var (tab, at) in Tabs.Select((tab, at) => (tab, at)))
        {
            lines.Add($"{tab.Url}: {await Picture(tab, $"failed-{name}-{at + 1}", whole: false)}");
            lines.Add(await tab.Locator("body").InnerTextAsync());
        }
        return $"{name}:\n  {string.Join("\n  ", lines)}";
    }

    private static string Number() =>
        Interlocked.Increment(ref looked).ToString("00", CultureInfo.InvariantCulture);

    private async Task<string> Picture(IPage page, string called, bool whole = true)
    {
        var path = Path.Combine(pictures, called + ".png");
        await page.ScreenshotAsync(new() { Path = path, FullPage = whole });
        return path;
    }

    private async Task StayOnThisMachine(IRoute route)
    {
        var uri = new Uri(route.Request.Url);
        if (uri.IsLoopback || uri.Scheme is "data" or "blob")
        {
            await route.ContinueAsync();
            return;
        }
        faults.Enqueue($"would have asked another machine: {uri}");
        await route.AbortAsync();
    }

    private void Hear(IConsoleMessage message)
    {
        if (message.Type != "error") return;
        const string Refused = "the server responded with a status of ";
        var at = message.Text.IndexOf(Refused, StringComparison.Ordinal);
        if (at < 0) faults.Enqueue($"the console says: {message.Text} ({message.Location})");
        else refusals.Enqueue((int.Parse(message.Text.AsSpan(at + Refused.Length, 3), CultureInfo.InvariantCulture),
            message.Location));
    }
}
