using System.Globalization;
using Castellan.Contracts.Tables;
using Castellan.Platform.Storage;
using StoredRow = Castellan.Platform.Storage.Row;
using Castellan.Tests.Tenants;

namespace Castellan.Tests.Records.Hostile;

/// <summary>What the tables of a stage hold, read beside the product, as a line per row.</summary>
internal static class Stored
{
    /// <summary>What is not as the judge has it, or null.</summary>
    public static async Task<string?> Compare(TenantWorld world, Stage stage)
    {
        foreach (var place in stage.Places)
        {
            foreach (var shape in place.Contract.Collections)
            {
                var real = await Records(world, place, shape, withSecrets: false);
                real.UnionWith(await Versions(world, place, shape));
                var wanted = Wanted(place, shape);
                if (Changed([.. wanted], [.. real]) is { } changed)
                    return $"STORED {place.Environment} {shape.Name} is not as it should be: {changed}";
            }
        }
        return null;
    }

    private static HashSet<string> Wanted(Place place, CollectionShape shape)
    {
        var rows = place.Shelf.Of(shape.Name).ToList();
        var ever = rows.Concat(place.Shelf.Gone.Where(row => row.Shape == shape));
        var kept = ever.SelectMany(row => row.Ended.Select(e =>
            $"{shape.Name} {row.Tenant} {row.Id} {e.Key} {e.Value.EndedBy} {e.Value.Actor}"));
        return [.. rows.Select(row => Line(shape, name => Text(row[name]), row.IsDeleted)), .. kept];
    }

    /// <summary>Every row of the stage, secrets as they are encrypted.</summary>
    public static async Task<List<string>> Lines(TenantWorld world, Stage stage)
    {
        var lines = new List<string>();
        foreach (var place in stage.Places)
        {
            foreach (var shape in place.Contract.Collections)
            {
                lines.AddRange(await Records(world, place, shape, withSecrets: true));
                lines.AddRange(await Versions(world, place, shape));
            }
        }
        return lines;
    }

    public static string? Changed(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        var lines = before.Except(after).Select(line => $"- {line}")
            .Concat(after.Except(before).Select(line => $"+ {line}")).Take(6).ToList();
        return lines.Count == 0 ? null : $"LEAK rows have changed:\n{string.Join('\n', lines)}";
    }

    private static async Task<HashSet<string>> Records(
        TenantWorld world, Place place, CollectionShape shape, bool withSecrets)
    {
        var fields = shape.Fields.Where(f => withSecrets || f.Kind is not Kind.Secret).ToList();
        Sql columns = $"tenant_id, id, workspace_id, owner_id, version, created_at, updated_at, deleted_at";
        foreach (var field in fields) columns = $"{columns}, {new Identifier(field.Name)}";
        var table = world.Service<TableNames>().Records(place.Number, shape.Name);
        var rows = await world.Server.Database.Many($"select {columns} from {table}", row =>
        {
            var values = new Dictionary<string, string>
            {
                ["tenant_id"] = row.Text(),
                ["id"] = row.Text(),
                ["workspace_id"] = Text(row.TextOrNull()),
                ["owner_id"] = Text(row.TextOrNull()),
                ["version"] = Text(row.Int64()),
                ["created_at"] = Text(row.Time()),
                ["updated_at"] = Text(row.Time()),
            };
            var isDeleted = row.TimeOrNull() is not null;
            foreach (var field in fields) values[field.Name] = Text(Value(row, field.Kind));
            var line = Line(shape, name => values[name], isDeleted);
            return withSecrets ? $"{line} {values.GetValueOrDefault("s0")}" : line;
        });
        return [.. rows];
    }

    private static async Task<List<string>> Versions(TenantWorld world, Place place, CollectionShape shape)
    {
        var table = world.Service<TableNames>().History(place.Number, shape.Name);
        return await world.Server.Database.Many($"select tenant_id, id, version, operation, actor from {table}",
            row => $"{shape.Name} {row.Text()} {row.Text()} {row.Int64()} {row.Text()} {row.Text()}");
    }

    private static string Line(CollectionShape shape, Func<string, string> value, bool isDeleted)
    {
        string[] system = ["tenant_id", "id", "workspace_id", "owner_id", "version", "created_at", "updated_at"];
        var names = system.Concat(shape.Fields.Where(f => f.Kind is not Kind.Secret).Select(f => f.Name));
        var values = string.Join(' ', names.Select(name => $"{name}={value(name)}"));
        return $"{shape.Name} {(isDeleted ? "deleted" : "here")} {values}";
    }

    private static object? Value(StoredRow row, Kind kind) => kind switch
    {
        Kind.Whole => (object?)row.Int64OrNull(),
        Kind.Number => row.DoubleOrNull(),
        Kind.Flag => row.BoolOrNull(),
        Kind.Time => row.TimeOrNull(),
        Kind.Secret => row.BytesOrNull() is { } bytes ? Convert.ToHexString(bytes) : null,
        Kind.Json => row.TextOrNull() is { } json ? System.Text.Json.Nodes.JsonNode.Parse(json) : null,
        _ => row.TextOrNull(),
    };

    private static string Text(object? value) => value switch
    {
        null => "-",
        DateTimeOffset time => Row.Written(time),
        System.Text.Json.Nodes.JsonObject json =>
            string.Join(',', json.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => $"{m.Key}:{m.Value}")),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
