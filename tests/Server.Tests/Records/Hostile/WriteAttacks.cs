using System.Text.Json.Nodes;

namespace Castellan.Tests.Records.Hostile;

/// <summary>Writes that reach for what is foreign by their bodies.</summary>
internal static class WriteAttacks
{
    private static readonly string[] Columns =
        ["id", "tenant_id", "workspace_id", "owner_id", "version", "created_at", "updated_at", "deleted_at", "actor"];

    public static Probe ForgedColumn(Scene scene, string kind)
    {
        var by = scene.Somebody();
        var tenant = scene.Own(by);
        var shape = scene.Collection(by.Home);
        var workspace = scene.Workspace(by, tenant, shape);
        var row = scene.PickOrNone([.. by.Home.Shelf.Of(shape, tenant.Id)]);
        var probe = row is null || scene.Chance(3)
            ? scene.Create(kind, by, tenant, workspace, shape)
            : scene.Touch(kind, by, tenant.Id, workspace, shape.Name, row.Id);
        if (probe.Operation is not ("records.create" or "records.update" or "records.replace")) return probe;
        var body = probe.Body!.AsObject();
        Forge(scene, body, row);
        if (probe.Operation == "records.create" && shape.Unique.Count > 0 && scene.Chance(2))
            return probe with { Operation = "records.upsert", On = scene.Pick(shape.Unique) };
        return probe;
    }

    /// <summary>Sets a column of the server's: to somebody else's, or to what it is.</summary>
    private static void Forge(Scene scene, JsonObject body, Row? row)
    {
        var column = scene.Pick(Columns);
        var victim = scene.PickOrNone(scene.Rows(scene.Stage.Sandbox, _ => true));
        body[column] = (column, victim) switch
        {
            ("deleted_at", _) => scene.Chance(2) ? null : "2030-01-01T00:00:00.000Z",
            ("actor", _) => "usr_x",
            _ when row is not null && scene.Chance(4) => Row.Node(row[column]),
            (_, null) => "x",
            _ => Row.Node(victim[column]),
        };
    }

    public static Probe ForgedBulk(Scene scene, string kind)
    {
        var probe = Bulk(scene, kind);
        foreach (var item in probe.Body!["items"]!.AsArray())
        {
            if (item!["record"] is JsonObject record && scene.Chance(2)) Forge(scene, record, row: null);
        }
        return probe;
    }

    public static Probe? TakenKey(Scene scene, string kind)
    {
        var by = scene.Somebody();
        var shapes = by.Home.Contract.Collections.Where(c => c.Unique.Count > 0).ToList();
        if (scene.PickOrNone(shapes) is not { } shape) return null;
        var tenant = scene.Own(by);
        if (scene.PickOrNone([.. by.Home.Shelf.Of(shape.Name)]) is not { } taken) return null;
        var own = scene.PickOrNone([.. by.Home.Shelf.Of(shape, tenant.Id)]);
        var workspace = scene.Workspace(by, tenant, shape);
        var probe = scene.Create(kind, by, tenant, workspace, shape);
        if (own is not null && scene.Chance(3))
            probe = probe with { Operation = "records.update", Record = own.Id, IfMatch = $"\"{own.Number}\"" };
        foreach (var name in scene.Pick(shape.Unique)) probe.Body![name] = Row.Node(taken[name]);
        return probe;
    }

    public static Probe? TakenUpsert(Scene scene, string kind)
    {
        if (TakenKey(scene, kind) is not { Operation: "records.create" } probe) return null;
        var shape = probe.By.Home.Contract.Of(probe.Collection);
        return probe with { Operation = "records.upsert", On = scene.Pick(shape.Unique) };
    }

    public static Probe? ForeignReference(Scene scene, string kind)
    {
        var by = scene.Somebody();
        var shapes = by.Home.Contract.Collections.Where(c => c.References.Count > 0).ToList();
        if (scene.PickOrNone(shapes) is not { } shape) return null;
        var tenant = scene.Own(by);
        var reference = scene.Pick(shape.References);
        var place = scene.Chance(4) ? scene.Elsewhere(by) : by.Home;
        var isForeign = scene.Chance(2);
        var targets = scene.Rows(place, row => place != by.Home
            || (row.Shape.Name == reference.Target && (!isForeign || row.Tenant != tenant.Id)) || scene.Chance(20));
        var id = scene.PickOrNone(targets)?.Id ?? scene.Absent();
        var own = scene.PickOrNone([.. by.Home.Shelf.Of(shape, tenant.Id)]);
        var workspace = scene.Workspace(by, tenant, shape);
        var probe = scene.Create(kind, by, tenant, workspace, shape);
        if (own is not null && scene.Chance(2))
        {
            probe = probe with
            {
                Operation = "records.update",
                Record = own.Id,
                IfMatch = $"\"{own.Number}\"",
                Body = new JsonObject(),
            };
        }
        probe.Body![reference.Field] = id;
        return probe;
    }

    public static Probe? OtherVersion(Scene scene, string kind)
    {
        var by = scene.Somebody();
        var tenant = scene.Own(by);
        var rows = scene.Rows(by.Home, row => row.Tenant == tenant.Id && !row.IsDeleted);
        if (scene.PickOrNone(rows) is not { } row) return null;
        var probe = scene.Touch(kind, by, tenant.Id, null, row.Shape.Name, row.Id);
        return probe.Operation is "records.update" or "records.replace" or "records.delete"
            ? probe with { IfMatch = $"\"{scene.Pick(rows).Number}\"" }
            : null;
    }

    public static Probe Bulk(Scene scene, string kind)
    {
        var by = scene.Somebody();
        var tenant = scene.Own(by);
        var shape = scene.Collection(by.Home);
        var items = new JsonArray();
        for (var i = 0; i < 1 + scene.Random.Below(4); i++) items.Add((JsonNode)Item(scene, by, tenant, shape));
        return new Probe(kind, by, "records.bulk", shape.Name)
        {
            Tenant = tenant.Id,
            Workspace = scene.Workspace(by, tenant, shape),
            Body = new JsonObject { ["items"] = items, ["atomic"] = scene.Chance(2) },
        };
    }

    /// <summary>Of the tenant's own records or of any; as any may be asked for by their id.</summary>
    private static JsonObject Item(Scene scene, Person by, Tenancy tenant, CollectionShape shape)
    {
        var rows = scene.Chance(3)
            ? scene.Rows(scene.Chance(2) ? scene.Elsewhere(by) : by.Home, _ => true)
            : [.. by.Home.Shelf.Of(shape, tenant.Id)];
        var row = scene.PickOrNone(rows);
        var id = row?.Id ?? scene.Absent();
        var record = scene.Bodies.Next(by, shape, scene.Referable(by, tenant));
        switch (scene.Random.Below(4))
        {
            case 0:
                return new JsonObject { ["op"] = "delete", ["id"] = id };
            case 1:
                return new JsonObject { ["op"] = "update", ["id"] = id, ["record"] = record };
            case 2 when shape.Unique.Count > 0:
                var on = scene.Pick(shape.Unique);
                if (row?.Shape == shape) record["f0"] = Row.Node(row["f0"]);
                return new JsonObject
                {
                    ["op"] = "upsert",
                    ["on"] = new JsonArray([.. on.Select(n => (JsonNode)n)]),
                    ["record"] = record,
                };
            default:
                return new JsonObject { ["op"] = "create", ["record"] = record };
        }
    }
}
