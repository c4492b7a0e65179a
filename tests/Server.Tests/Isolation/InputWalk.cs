using System.Text.Json.Nodes;
using Castellan.Kernel;

namespace Castellan.Tests.Isolation;

/// <summary>What is sent: forms that the operation does not describe, ids that are not the caller's.</summary>
internal static class InputWalk
{
    public static async Task Forms(Walk walk, Operation operation)
    {
        var good = await walk.Scenes.Make(operation, Scenes.Kinds(operation).First());
        await walk.WithoutTrace(operation, async () =>
        {
            foreach (var spoiled in Shapes.Of(good))
            {
                var answer = await walk.Refused(spoiled.Asked, spoiled.What, spoiled.Code);
                if (spoiled.Pointer is { } pointer && answer.Code == spoiled.Code && !Points(answer, pointer))
                    walk.Add(spoiled.Asked, spoiled.What, $"does not point at {pointer}: {answer.Text}");
            }
        });
    }

    public static async Task Ids(Walk walk, Operation operation, Strangers strangers)
    {
        foreach (var kind in Scenes.Kinds(operation))
        {
            var good = await walk.Scenes.Make(operation, kind);
            await walk.WithoutTrace(operation, async () =>
            {
                foreach (var name in Scenes.Parameters(operation)) await Parameter(walk, good, name, strangers);
                foreach (var field in operation.DescribeInput().Where(f => f.Place is FieldPlace.Body))
                {
                    if (field.Schema["pattern"]?.ToString() is not { } pattern) continue;
                    if (strangers.Of(pattern) is not { } foreign) continue;
                    await walk.Refused(good.WithField(field.Name, foreign), $"a foreign {field.Name}");
                    var absent = walk.Scenes.Absent(pattern);
                    await walk.Refused(good.WithField(field.Name, absent), $"an absent {field.Name}");
                }
            });
        }
    }

    private static async Task Parameter(Walk walk, Asked good, string name, Strangers strangers)
    {
        var id = good.Path[name];
        string[] malformed = id.Contains('_', StringComparison.Ordinal)
            ?
            [
                "x", id[..^1], id + "0", id.ToUpperInvariant(), id.Replace("_0", "_8", StringComparison.Ordinal),
                "evt" + id[id.IndexOf('_', StringComparison.Ordinal)..], new string('a', 1_000), "' or 1=1 --",
            ]
            : ["nowhere", id.ToUpperInvariant()];
        foreach (var bad in malformed) await walk.Refused(good.With(name, bad), $"{name} {bad}", "not_found");
        if (!id.Contains('_', StringComparison.Ordinal)) return;
        var absent = await walk.Refused(good.With(name, walk.Scenes.Absent(id)), $"an absent {name}", "not_found");
        foreach (var foreign in strangers.Of(good.By.Caller.Kind, name))
        {
            var answer = await walk.Refused(good.With(name, foreign), $"a foreign {name}", "not_found");
            if (answer.Comparable != absent.Comparable)
                walk.Add(good, $"a foreign {name}", $"tells itself from an absent one: {answer.Text}");
        }
    }

    private static bool Points(Answered answer, string pointer) =>
        answer.Problem!["errors"] is JsonArray errors && errors.Any(e => e!["pointer"]!.ToString().Split('/') is var at
            && (e["pointer"]!.ToString() == pointer || string.Join('/', at[..^1]) == pointer));
}
