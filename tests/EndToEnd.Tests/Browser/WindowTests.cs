using AwesomeAssertions;
using Microsoft.Playwright;
using Xunit;

namespace Castellan.EndToEnd.Browser;

/// <summary>The judge of the walk's pages finds what is wrong, when something is.</summary>
public sealed class WindowTests
{
    private static readonly (string Planted, string Found)[] Faults =
    [
        ("<title> </title>", "no title"),
        ("<h1>Another</h1>", "2 h1"),
        ("<input name='email' placeholder='E-mail address'>", "no label"),
        ("<button><svg></svg></button>", "no name"),
        ("<img src='data:,'>", "no alt"),
        ("<table><tr><th></th></tr></table>", "a column without a name"),
        ("<p id='a'></p><p id='a'></p>", "twice the id a"),
        ("<div style='width: 500px'>wide</div>", "scrolls sideways on a phone: "),
        ("<script>console.error('planted')</script>", "the console says: planted"),
        ("<script>throw new Error('planted')</script>", "a script failed: "),
        ("<img src='https://castellan.example/pixel.png' alt=''>", "would have asked another machine"),
    ];

    [Fact]
    public async Task Every_planted_fault_is_found()
    {
        using var playwright = await Playwright.CreateAsync();
        await using var chromium = await Stage.Launch(playwright);
        var pictures = Directory.CreateTempSubdirectory("castellan-pictures-");
        foreach (var (planted, found) in Faults)
        {
            var window = await Window.Open(chromium, "planted", pictures.FullName);
            var page = await window.NewTab();
            await page.SetContentAsync($"""
                <!doctype html><html lang="en"><main><h1>A page</h1>{planted}</main><title>A page</title></html>
                """);

            var look = await window.Invoking(w => w.Look(page, "planted")).Should().ThrowAsync<Exception>(planted);

            look.Which.Message.Should().Contain(found);
        }
        pictures.Delete(recursive: true);
    }
}
