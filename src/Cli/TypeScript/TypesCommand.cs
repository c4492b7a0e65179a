using System.CommandLine;
using Castellan.Cli.Contracts;

namespace Castellan.Cli.TypeScript;

/// <summary>The verb <c>types</c>.</summary>
internal static class TypesCommand
{
    private const string DefaultPath = "src/castellan-types.ts";

    public static Verb Types()
    {
        var source = new ContractSource();
        var output = new Option<string>("--out")
        {
            Description = "Where the types go; - is standard output.",
            HelpName = "file",
            DefaultValueFactory = _ => DefaultPath,
        };
        var verb = new Verb("types", "Write the TypeScript types of an app's collections.",
            "castellan types", "castellan types --app \"Customer portal\" --out src/castellan-types.ts");
        source.AddTo(verb);
        verb.Add(output);
        return verb.Does(async (session, ct) =>
        {
            var types = TypesDocument.Of(await source.Read(session, ct));
            var path = session.Value(output)!;
            if (path == "-")
            {
                session.Terminal.Line(types.TrimEnd('\n'));
                return;
            }
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(path, types, ct);
            session.Terminal.Notice($"Wrote {path}.");
        });
    }
}
