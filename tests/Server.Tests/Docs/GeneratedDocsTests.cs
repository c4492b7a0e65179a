using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Kernel.RateLimits;
using Castellan.Platform;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Docs;

/// <summary>
/// What is generated is committed and must be fresh. With <c>CASTELLAN_WRITE_DOCS=1</c> (the build verb <c>docs</c>)
/// these tests write the files instead.
/// </summary>
public sealed partial class GeneratedDocsTests
{
    [Fact]
    public async Task The_OpenAPI_document_is_fresh()
    {
        await using var server = await TestServer.Start();
        Check("docs/openapi.json", server.App.Services.GetRequiredService<OpenApiDocument>().Text);
    }

    [Fact]
    public async Task The_errors_page_is_fresh()
    {
        await using var server = await TestServer.Start();
        var page = new StringBuilder(
            "# Errors\n\nEvery problem that the server answers with (RFC 9457). Codes are stable and ")
            .Append("never reused. Generated from the catalogue.\n");
        foreach (var problem in server.App.Services.GetRequiredService<ProblemCatalogue>().All)
        {
            var retryable = problem.Retryable ? " Retryable." : "";
            page.Append($"\n## {problem.Code}\n\n{problem.Status}: {problem.Title}.{retryable}\n\n")
                .Append($"{problem.When}\n\n*Fix:* {problem.Fix}\n");
        }
        Check("docs/errors.md", page.ToString());
    }

    [Fact]
    public void The_configuration_page_is_fresh()
    {
        var comments = XDocument.Load(Path.ChangeExtension(typeof(InstallationOptions).Assembly.Location, ".xml"));
        var page = new StringBuilder("""
            # Configuration

            Nothing needs to be set. A setting is an environment variable (`CASTELLAN_LISTEN`, and
            `CASTELLAN_MAIL__HOST` for one in a section), or an option of the command line (`--Listen`, `--Mail:Host`).
            Generated from the options.

            """);
        var all = typeof(InstallationOptions).Assembly.GetTypes()
            .Select(type => (Type: type, type.GetCustomAttribute<SettingsAttribute>()?.Section))
            .Where(options => options.Section is not null).OrderBy(options => options.Section, StringComparer.Ordinal);
        foreach (var (type, section) in all) Describe(page, comments, section!, Activator.CreateInstance(type)!);
        Check("docs/configuration.md", page.ToString());
    }

    private static void Describe(StringBuilder page, XDocument comments, string section, object standard)
    {
        var title = section.Length == 0 ? "The server" : section;
        page.Append($"\n## {title}\n\n| setting | default | meaning |\n|---|---|---|\n");
        foreach (var property in standard.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.SetMethod is null) continue;
            var name = $"P:{property.DeclaringType!.FullName}.{property.Name}";
            var summary = comments.Descendants("member").FirstOrDefault(m => m.Attribute("name")?.Value == name)
                ?.Element("summary");
            Assert.True(summary is not null, $"{name} has no comment that says its meaning, unit, default and reason.");
            var setting = section.Length == 0 ? property.Name : $"{section}:{property.Name}";
            page.Append($"| `{setting}` | {Default(property.GetValue(standard))} | {Plain(summary)} |\n");
        }
    }

    private static string Default(object? value) => value switch
    {
        null or "" => "",
        System.Collections.IDictionary { Count: 0 } => "",
        RateLimit limit => $"{limit.PerSecond} a second, {limit.Burst} at once",
        _ => $"`{value}`",
    };

    private static string Plain(XElement summary)
    {
        var text = string.Concat(summary.Nodes().Select(node => node switch
        {
            XElement { Name.LocalName: "see" } see => $"`{see.Attribute("cref")?.Value.Split('.')[^1]}`",
            XElement element => $"`{element.Value}`",
            _ => node.ToString(),
        }));
        return Space().Replace(text, " ").Trim();
    }

    internal static void Check(string path, string expected)
    {
        var file = Path.Combine(Tidy.Tree.Root, path);
        if (Environment.GetEnvironmentVariable("CASTELLAN_WRITE_DOCS") == "1") File.WriteAllText(file, expected);
        var actual = File.Exists(file) ? File.ReadAllText(file) : "";
        Assert.True(actual == expected, $"{path} is stale: run `dotnet run build.cs -- docs` and review what changed.");
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Space();
}
