using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Castellan.EndToEnd.Browser;

/// <summary>
/// The built sample app on an origin of its own, as a static host serves it: files, and the start page for every path
/// that is none.
/// </summary>
internal sealed class SampleSite : IAsyncDisposable
{
    private readonly WebApplication site;
    private string? config;

    private SampleSite(WebApplication site) => this.site = site;

    public string Origin => site.Urls.Single();

    public static async Task<SampleSite> Start()
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { WebRootPath = Published.Sample });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var sample = new SampleSite(app);
        app.UseStaticFiles();
        app.MapGet("/config.json", () => sample.config is null
            ? Results.NotFound()
            : Results.Text(sample.config, "application/json"));
        app.MapFallbackToFile("index.html");
        await app.StartAsync();
        return sample;
    }

    /// <summary>Everything that the app knows of its backend.</summary>
    public void Configure(Uri castellan, string publishableKey) => config = new JsonObject
    {
        ["url"] = castellan.GetLeftPart(UriPartial.Authority),
        ["key"] = publishableKey,
    }.ToJsonString();

    public ValueTask DisposeAsync() => site.DisposeAsync();
}
