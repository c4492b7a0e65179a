using System.Text.Json.Nodes;
using AwesomeAssertions;
using Xunit;

namespace Castellan.EndToEnd.Contracts;

/// <summary>A contract's life with the command line, against the server as it is published.</summary>
public sealed class ContractsOnServerTests(ServerProcess server) : IClassFixture<ServerProcess>, IAsyncLifetime
{
    private const string Tasks = """
        {
          "castellan": 1,
          "collections": {
            "tasks": {
              "schema": { "type": "object", "properties": { "title": { "type": "string" } } },
              "rules": { "list": "tenant_member" }
            }
          }
        }
        """;

    private static int apps;

    private readonly Cli cli = new();
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("castellan-contract-");
    private string app = "";
    private int files;

    private string Name { get; } = $"Contract app {Interlocked.Increment(ref apps)}";

    public async ValueTask InitializeAsync()
    {
        await cli.Must("login", "--url", server.Address.OriginalString, "--token", await server.OneTimeToken());
        app = await cli.Must("apps", "create", "--name", Name, "--owner", "ada@example.org", "--quiet");
    }

    public ValueTask DisposeAsync()
    {
        cli.Dispose();
        folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task The_example_of_the_guide_is_applied()
    {
        var guide = await File.ReadAllTextAsync(Repository.At("docs", "guides", "contracts.md"), Ct);
        var example = guide.Split("```json\n")[1].Split("```")[0];

        await cli.Must("apply", Write(example), "--app", app);

        (await cli.Json("plan", Write(example), "--app", app))["changes"]!.GetValue<bool>().Should().BeFalse();
    }

    [Fact]
    public async Task Plan_shows_steps_by_risk_and_ends_with_4_until_they_are_applied()
    {
        var opened = Tasks.Replace("\"tenant_member\"", "\"public\"");

        var plan = await cli.Run("plan", Write(opened), "--app", Name);
        plan.ExitCode.Should().Be(4);
        plan.Output.Should().Contain("Plan for sandbox: no contract -> version 1").And.Contain("opens: ")
            .And.Contain("  + Add collection tasks").And.Contain("A person should decide:").And.NotContain("\e");
        plan.Output.IndexOf("opens", StringComparison.Ordinal)
            .Should().BeLessThan(plan.Output.IndexOf("safe", StringComparison.Ordinal), "the gravest stands first");

        (await cli.Must("apply", Write(opened), "--app", Name)).Should().Contain("Version 1 is in force in sandbox");

        var again = await cli.Run("plan", Write(opened), "--app", app);
        again.ExitCode.Should().Be(0);
        again.Output.Should().Contain("Nothing to change: version 1");
        (await cli.Must("apply", Write(opened), "--app", app)).Should().Contain("Nothing to change");
    }

    [Fact]
    public async Task What_destroys_data_wants_its_words()
    {
        await cli.Must("apply", Write(Tasks), "--app", app);
        var empty = Write("""{ "castellan": 1, "collections": {} }""");

        (await cli.Run("plan", empty, "--app", app)).Output.Should().Contain("--confirm \"drop tasks\"");
        var refused = await cli.Run("apply", empty, "--app", app, "--confirm", "drop notes");
        refused.ExitCode.Should().Be(2);
        refused.Errors.Should().Contain("nothing was applied").And.Contain("--confirm \"drop tasks\"");
        (await cli.Must("contract", "--app", app)).Should().Contain("tasks");

        await cli.Must("apply", empty, "--app", app, "--confirm", "drop tasks", "--reason", "No longer needed");
        (await cli.Must("contract", "versions", "--app", app)).Should().MatchRegex("2 .*No longer needed");
    }

    [Fact]
    public async Task A_contract_is_printed_back_as_it_was_written()
    {
        var odd = Tasks.Replace("\"castellan\": 1,", "\"castellan\":   1.0,\n\n\t");

        await cli.Must("apply", Write(odd), "--app", app);

        (await cli.Must("contract", "--app", app)).Should().Be(odd);
        (await cli.Must("export", "--app", app)).Should().Be(odd);
        (await cli.Run("contract", "--app", app, "--environment", "live")).Errors
            .Should().Contain("no contract in this environment");
    }

    [Fact]
    public async Task A_mistake_is_told_with_its_line_and_its_fix()
    {
        var wrong = Write(Tasks.Replace("tenant_member", "tenant_membre"));

        foreach (var verb in (string[])["plan", "apply"])
        {
            var refused = await cli.Run(verb, wrong, "--app", app);

            refused.ExitCode.Should().Be(1);
            refused.Errors.Should().Contain($"{wrong}:6 /collections/tasks/rules/list: ").And.Contain("fix: ")
                .And.Contain("code: input_invalid");
        }
        var json = await cli.Run("plan", wrong, "--app", app, "--json");
        JsonNode.Parse(json.Errors)!["errors"]![0]!["pointer"]!.ToString()
            .Should().Be("/contract/collections/tasks/rules/list");
    }

    [Fact]
    public async Task Live_gets_what_sandbox_has_tried()
    {
        var opened = Tasks.Replace("\"tenant_member\"", "\"public\"");
        var hash = await cli.Must("apply", Write(opened), "--app", app, "--quiet");
        string[] promote = ["promote", "--app", app, "--hash", hash, "--reason", "Tried for a week"];

        (await cli.Run(promote)).Errors.Should().Contain("--confirm \"public tasks.list\"");
        (await cli.Must([.. promote, "--confirm", "public tasks.list"]))
            .Should().Contain("Version 1 is in force in live");

        (await cli.Must("contract", "--app", app, "--environment", "live")).Should().Be(opened);
        (await cli.Run("promote", "--app", app, "--hash", new string('0', 64), "--reason", "None")).Errors
            .Should().Contain("contract_version_unknown");
    }

    [Fact]
    public async Task A_pipeline_applies_with_the_apps_secret_key()
    {
        var key = await cli.Must("keys", "create", app, "--name", "pipeline",
            "--permission", "contracts.plan", "--permission", "contracts.apply", "--permission", "contracts.get");
        using var pipeline = new Cli();
        pipeline.Variables["CASTELLAN_URL"] = server.Address.OriginalString;
        pipeline.Variables["CASTELLAN_KEY"] = key;
        pipeline.Variables["CASTELLAN_APP"] = app;

        await pipeline.Must("apply", Write(Tasks));

        (await pipeline.Must("contract")).Should().Be(Tasks);
        pipeline.Variables["CASTELLAN_TOKEN"] = "cas_op_x";
        (await pipeline.Run("contract")).Errors.Should().Contain("both set");
    }

    [Fact]
    public async Task Types_and_notes_are_made_of_what_is_in_force()
    {
        await cli.Must("apply", Write(Tasks), "--app", app);

        (await cli.Must("types", "--app", Name, "--out", "-")).Should().Contain("export interface Task {");
        var notes = Path.Combine(folder.FullName, "AGENTS.md");
        await cli.Must("agents-md", "--app", Name, "--file", notes);
        (await File.ReadAllTextAsync(notes, Ct))
            .Should().Contain("- **tasks**").And.Contain("every member of the tenant");
    }

    [Fact]
    public async Task An_app_that_is_not_named_or_not_there_is_told()
    {
        (await cli.Run("plan", Write(Tasks))).Errors.Should().Contain("CASTELLAN_APP");
        (await cli.Run("plan", Write(Tasks), "--app", "No such app")).Errors.Should().Contain("no app 'No such app'");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Write(string contract)
    {
        var path = Path.Combine(folder.FullName, $"castellan-{++files}.json");
        File.WriteAllText(path, contract);
        return path;
    }
}
