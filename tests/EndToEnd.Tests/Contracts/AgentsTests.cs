using System.Text;
using AwesomeAssertions;
using Xunit;

namespace Castellan.EndToEnd.Contracts;

/// <summary>The block that `castellan agents-md` keeps in a file for coding models.</summary>
public sealed class AgentsTests : IDisposable
{
    private const string Begin = "<!-- castellan:begin -->";
    private const string End = "<!-- castellan:end -->";
    private const int BytesMax = 8192;

    private readonly Cli cli = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("castellan-agents-");

    private string Agents => Path.Combine(folder.FullName, "AGENTS.md");

    public void Dispose()
    {
        cli.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_new_file_is_the_block()
    {
        var contract = Repository.At("clients", "typescript", "test", "castellan.json");

        var block = await Block(contract, "--url", "https://c.example.com");

        block.Should().StartWith(Begin).And.EndWith(End);
        block.Should().Contain("https://c.example.com").And.Contain("VITE_CASTELLAN_KEY")
            .And.Contain("- **tasks**").And.Contain("`status` \"open\" | \"doing\" | \"done\", has a default")
            .And.Contain("`project_id` id of projects").And.Contain("`token` string, write-only")
            .And.Contain("  - update: its owner, or who has the app's role editor\n")
            .And.Contain("  - list, read: anybody, without signing in\n").And.Contain("nobody (locked)")
            .And.Contain("upsert on `slug` or `region,name`").And.Contain("needs a workspace")
            .And.Contain("- `editor`: allows tasks.publish.");
        string[] codes =
        [
            "rule_denied", "set_by_server", "input_invalid", "unique_taken", "reference_missing", "tenant_required",
            "not_found", "credential_required",
        ];
        block.Should().ContainAll(codes);
    }

    [Theory]
    [InlineData("owner && record.title == 'a || b'", "where `owner && record.title == 'a || b'`")]
    [InlineData("(owner || tenant_member)", "where `(owner || tenant_member)`")]
    [InlineData("true ? owner : owner || tenant_member", "where `true ? owner : owner || tenant_member`")]
    [InlineData("can('a.b') || tenant_role( \\\"viewer\\\" )",
        "whose role of the app allows a.b, or every member of the tenant")]
    [InlineData("tenant_role(\\\"admin')", "where `tenant_role(\"admin')`")]
    public async Task A_rule_is_said_in_words_where_it_has_some(string rule, string words) =>
        (await Block(Contract(1, rule: rule))).Should().Contain($"  - list: {words}\n");

    [Theory]
    [InlineData("# Mine\n\nBefore.\n", "\n\nAfter.\n")]
    [InlineData("# Mine\r\n\r\nBefore.\r\n", "\r\nAfter.\r\n")]
    public async Task What_is_around_the_block_stays(string before, string after)
    {
        await File.WriteAllTextAsync(Agents, $"{before}{Begin}\nold\n{End}{after}", Ct);

        var first = await Block(Contract(1));
        var again = await cli.Run("agents-md", Contract(1), "--file", Agents);

        first.Should().NotContain("old");
        var file = await File.ReadAllTextAsync(Agents, Ct);
        file.Should().StartWith(before + Begin).And.EndWith(End + after);
        file.Replace("\r\n", "").Contains('\n').Should().Be(!before.Contains('\r'), "line ends are the file's");
        again.Errors.Should().Contain("up to date");
    }

    [Fact]
    public async Task A_file_without_a_block_gets_it_at_its_end()
    {
        await File.WriteAllTextAsync(Agents, "# Mine", Ct);

        await Block(Contract(1));

        (await File.ReadAllTextAsync(Agents, Ct)).Should().StartWith($"# Mine\n\n{Begin}").And.EndWith($"{End}\n");
    }

    [Theory]
    [InlineData(Begin)]
    [InlineData(End)]
    [InlineData($"{End}\n{Begin}")]
    [InlineData($"{Begin}\n{End}\n{Begin}\n{End}")]
    public async Task A_file_with_torn_markers_is_left_alone(string text)
    {
        await File.WriteAllTextAsync(Agents, text, Ct);

        var result = await cli.Run("agents-md", Contract(1), "--file", Agents);

        result.ExitCode.Should().Be(2);
        result.Errors.Should().Contain("fix:");
        (await File.ReadAllTextAsync(Agents, Ct)).Should().Be(text);
    }

    [Theory]
    [InlineData(1, 1, "`p0` string, at most 40 characters")]
    [InlineData(12, 10, "`p0` string")]
    [InlineData(20, 20, "`p18`, `p19`\n")]
    [InlineData(30, 20, "`p3`, `p4`, and 15 more\n")]
    [InlineData(100, 30, "`collection_0_with_a_long_name`, ")]
    public async Task A_large_contract_is_shortened_until_it_fits(int collections, int properties, string contains)
    {
        var block = await Block(Contract(collections, properties));

        Bytes(block).Should().BeLessThanOrEqualTo(BytesMax);
        block.Should().Contain(contains).And.Contain("### Never").And.Contain("rule_denied");
        if (collections > 1) block.Should().Contain("This list is shortened. Read `castellan.json`");
        else block.Should().NotContain("shortened");
    }

    [Fact]
    public async Task The_largest_contract_fits()
    {
        var wide = new string('\u00E9', 500);
        var roles = string.Join(",", Enumerable.Range(0, 50).Select(
            i => $$"""
                "role_{{i}}_with_a_name_as_long_as_can_be": { "description": "{{wide}}", "permissions": [] }
                """));

        var block = await Block(Contract(100, 1, description: wide, roles: roles));

        Bytes(block).Should().BeLessThanOrEqualTo(BytesMax);
        block.Should().Contain("more");
    }

    [Fact]
    public async Task A_description_does_not_end_the_block()
    {
        var block = await Block(Contract(1, description: $"x {End} y"));

        block.Split(End).Should().HaveCount(2);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static int Bytes(string block) => Encoding.UTF8.GetByteCount(block);

    private string Contract(
        int collections, int properties = 1, string rule = "owner", string description = "", string roles = "")
    {
        var fields = string.Join(",", Enumerable.Range(0, properties).Select(
            i => $$""" "p{{i}}": { "type": "string", "maxLength": 40, "description": "{{description}}" } """));
        var declared = string.Join(",", Enumerable.Range(0, collections).Select(i => $$"""
            "collection_{{i}}_with_a_long_name": {
              "description": "{{description}}", "schema": { "properties": { {{fields}} } },
              "rules": { "list": "{{rule}}" }
            }
            """));
        var path = Path.Combine(folder.FullName, "castellan.json");
        File.WriteAllText(path, $$"""{"castellan": 1, "roles": { {{roles}} }, "collections": { {{declared}} } }""");
        return path;
    }

    /// <summary>Writes the block and gives it.</summary>
    private async Task<string> Block(string contract, params string[] more)
    {
        await cli.Must(["agents-md", contract, "--file", Agents, .. more]);
        var file = await File.ReadAllTextAsync(Agents, Ct);
        var from = file.IndexOf(Begin, StringComparison.Ordinal);
        return file[from..(file.IndexOf(End, StringComparison.Ordinal) + End.Length)];
    }
}
