using System.CommandLine;
using Castellan.Cli.Contracts;

namespace Castellan.Cli.Agents;

/// <summary>The verb <c>agents-md</c>.</summary>
internal static class AgentsCommand
{
    private const string DefaultPath = "AGENTS.md";

    public static Verb AgentsMd()
    {
        var source = new ContractSource();
        var target = new Option<string>("--file")
        {
            Description = "The file that models read; the block in it is replaced, or added.",
            HelpName = "file",
            DefaultValueFactory = _ => DefaultPath,
        };
        var url = Words.Text("--url", "The server's address, where the block should say it.", "https://...");
        var verb = new Verb("agents-md",
            $"Tell coding models how this app uses its backend: a block of at most {AgentsBlock.BytesMax:N0} bytes.",
            "castellan agents-md", "castellan agents-md portal/castellan.json --file portal/CLAUDE.md");
        source.AddTo(verb);
        verb.Add(target);
        verb.Add(url);
        return verb.Does(async (session, ct) =>
        {
            var block = AgentsBlock.Of(await source.Read(session, ct), session.Value(url));
            var path = session.Value(target)!;
            var before = File.Exists(path) ? await File.ReadAllTextAsync(path, ct) : "";
            var after = MarkedBlock.Put(before, block, path);
            if (after != before) await File.WriteAllTextAsync(path, after, ct);
            session.Terminal.Notice(after == before ? $"{path} is up to date." : $"Wrote the block in {path}.");
        });
    }
}
