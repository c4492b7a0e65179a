using System.Text.Json.Nodes;

namespace Castellan.Tests.Records.Hostile;

/// <summary>
/// Every way to try for what is foreign. An attack only chooses what to ask; what the answer must be is the judge's to
/// say, and it often is that the call is fine. Null where the stage has nothing for it.
/// </summary>
internal static class Attacks
{
    public static IReadOnlyList<(string Kind, Func<Scene, string, Probe?> Make)> All { get; } =
    [
        ("a hidden record", HiddenRecord),
        ("a record of another tenant", (scene, kind) => Foreign(scene, kind, elsewhere: false)),
        ("a record of another app or environment", (scene, kind) => Foreign(scene, kind, elsewhere: true)),
        ("a record of another collection", Misplaced),
        ("a deleted record", Deleted),
        ("another tenant", (scene, kind) => Tenant(scene, kind, scene.Pick(scene.Stage.Sandbox.Tenants))),
        ("a tenant of another app or environment", ElsewhereTenant),
        ("no tenant", NoTenant),
        ("a workspace of another tenant", ForeignWorkspace),
        ("another workspace", OtherWorkspace),
        ("a forged column", WriteAttacks.ForgedColumn),
        ("a forged column in bulk", WriteAttacks.ForgedBulk),
        ("a filter as oracle", ListAttacks.FilterOracle),
        ("an expression as oracle", ListAttacks.WhereOracle),
        ("an expression over references", ListAttacks.WhereReference),
        ("a secret in a query", ListAttacks.SecretQuery),
        ("a sort as oracle", ListAttacks.SortOracle),
        ("a cursor", (scene, kind) => ListAttacks.Paged(scene, kind, cursor => cursor.Probe)),
        ("a cursor of another caller", ListAttacks.OthersCursor),
        ("a cursor of another list", ListAttacks.MovedCursor),
        ("a changed cursor", ListAttacks.ChangedCursor),
        ("a key that is taken", WriteAttacks.TakenKey),
        ("an upsert on a key that is taken", WriteAttacks.TakenUpsert),
        ("a reference to what is foreign", WriteAttacks.ForeignReference),
        ("a version of another record", WriteAttacks.OtherVersion),
        ("a bulk call", WriteAttacks.Bulk),
        ("a locked operation", Locked),
        ("a stranger", Stranger),
        ("a question about a draft", Draft),
    ];

    /// <summary>What a client does that means no harm.</summary>
    public static Probe Honest(Scene scene, string kind)
    {
        var by = scene.Pick([.. scene.Stage.People.Where(p => p.Name is not ("stranger" or "ivy"))]);
        var tenant = scene.Own(by);
        var shape = scene.Collection(by.Home);
        var workspace = scene.Workspace(by, tenant, shape);
        var row = scene.PickOrNone([.. by.Home.Shelf.Of(shape, tenant.Id).Where(r =>
            workspace is null || !shape.HasWorkspaces || r.Workspace == workspace)]);
        if (row is null || scene.Chance(4)) return scene.Create(kind, by, tenant, workspace, shape);
        if (!scene.Chance(4)) return scene.Touch(kind, by, tenant.Id, workspace, shape.Name, row.Id);
        return scene.List(kind, by, tenant.Id, workspace, shape, new Listing
        {
            Count = scene.Chance(2),
            Limit = scene.Chance(2) ? 1 + scene.Random.Below(3) : 200,
        });
    }

    private static Probe? HiddenRecord(Scene scene, string kind)
    {
        var by = scene.Somebody();
        var tenant = scene.Own(by);
        var shape = scene.Collection(by.Home);
        var workspace = scene.Workspace(by, tenant, shape);
        var entry = Judge.Enter(new Probe(kind, by, "records.get", shape.Name)
        {
            Tenant = tenant.Id,
            Workspace = workspace,
        }).Entry;
        var hidden = by.Home.Shelf.Of(shape, tenant.Id).Where(row => entry?.May("read", row) is not true).ToList();
        return scene.PickOrNone(hidden) is { } one
            ? scene.Touch(kind, by, tenant.Id, workspace, shape.Name, one.Id)
            : null;
    }

    private static Probe? Foreign(Scene scene, string kind, bool elsewhere)
    {
        var by = scene.Somebody();
        var tenant = scene.Own(by);
        var rows = elsewhere
            ? scene.Rows(scene.Elsewhere(by), _ => true)
            : scene.Rows(by.Home, row => row.Tenant != tenant.Id);
        return scene.PickOrNone(rows) is { } row
            ? scene.Touch(kind, by, tenant.Id, scene.Workspace(by, tenant, row.Shape), row.Shape.Name, row.Id)
            : null;
    }

    private static Probe? Misplaced(Scene scene, string kind)
    {
        var by = scene.Somebody();
        var tenant = scene.Own(by);
        var shape = scene.Collection(by.Home);
        return scene.PickOrNone(scene.Rows(by.Home, row => row.Tenant == tenant.Id && row.Shape != shape)) is { } row
            ? scene.Touch(kind, by, tenant.Id, null, shape.Name, row.Id)
            : null;
    }

    private static Probe? Deleted(Scene scene, string kind)
    {
        var by = scene.Somebody();
        return scene.PickOrNone(scene.Rows(by.Home, row => row.IsDeleted)) is { } row
            ? scene.Touch(kind, by, scene.Chance(4) ? scene.Own(by).Id : row.Tenant, null, row.Shape.Name, row.Id)
            : null;
    }

    private static Probe Tenant(Scene scene, string kind, Tenancy tenant)
    {
        var by = scene.Somebody();
        if (!by.Home.Tenants.Contains(tenant)) tenant = scene.Pick(by.Home.Tenants);
        return Into(scene, kind, by, by.Home, tenant);
    }

    private static Probe ElsewhereTenant(Scene scene, string kind)
    {
        var by = scene.Somebody();
        var place = scene.Elsewhere(by);
        return Into(scene, kind, by, place, scene.Pick(place.Tenants));
    }

    /// <summary>Anything, in a tenant that the caller may know nothing of.</summary>
    private static Probe Into(Scene scene, string kind, Person by, Place place, Tenancy tenant)
    {
        var shape = scene.Collection(by.Home);
        var workspace = scene.Chance(4) ? scene.Pick(tenant.Workspaces) : null;
        var row = scene.PickOrNone([.. place.Shelf.Everything.Where(r => r.Tenant == tenant.Id)]);
        if (row is not null && scene.Chance(2))
            return scene.Touch(kind, by, tenant.Id, workspace, row.Shape.Name, row.Id);
        return scene.Chance(2)
            ? scene.List(kind, by, tenant.Id, workspace, shape, new Listing { Count = true })
            : scene.Create(kind, by, tenant, workspace, shape);
    }

    private static Probe NoTenant(Scene scene, string kind)
    {
        var by = scene.Somebody();
        var probe = Into(scene, kind, by, by.Home, scene.Own(by));
        return probe with { Tenant = scene.Chance(2) ? null : "ten_x" };
    }

    private static Probe ForeignWorkspace(Scene scene, string kind)
    {
        var by = scene.Somebody();
        var foreign = scene.Pick(scene.Chance(2) ? by.Home.Tenants : scene.Elsewhere(by).Tenants);
        return Into(scene, kind, by, by.Home, scene.Own(by)) with { Workspace = scene.Pick(foreign.Workspaces) };
    }

    private static Probe OtherWorkspace(Scene scene, string kind)
    {
        var by = scene.Somebody();
        var tenant = scene.Own(by);
        return Into(scene, kind, by, by.Home, tenant) with { Workspace = scene.Pick(tenant.Workspaces) };
    }

    private static Probe? Locked(Scene scene, string kind)
    {
        var by = scene.Somebody();
        var locked = by.Home.Contract.Collections.Where(c => c.Laws.Count < 5).ToList();
        if (scene.PickOrNone(locked) is not { } shape) return null;
        var tenant = scene.Own(by);
        if (shape.Law("list") is null && scene.Chance(2))
            return scene.List(kind, by, tenant.Id, null, shape, new Listing { Count = true });
        if (shape.Law("create") is null) return scene.Create(kind, by, tenant, null, shape);
        return scene.PickOrNone([.. by.Home.Shelf.Of(shape, tenant.Id)]) is { } row
            ? scene.Touch(kind, by, tenant.Id, null, shape.Name, row.Id)
            : null;
    }

    private static Probe Stranger(Scene scene, string kind)
    {
        var strangers = scene.Stage.People.Where(p => p.Name is "ivy" or "stranger" or "key that reads").ToList();
        var by = scene.Pick(strangers);
        return Into(scene, kind, by, by.Home, scene.Pick(by.Home.Tenants));
    }

    private static Probe Draft(Scene scene, string kind)
    {
        var by = scene.Somebody();
        var tenant = scene.Own(by);
        var shape = scene.Collection(by.Home);
        var probe = scene.Create(kind, by, tenant, scene.Workspace(by, tenant, shape), shape);
        return probe with
        {
            Operation = "records.explain",
            Body = new JsonObject
            {
                ["operation"] = scene.Pick(["list", "read", "create", "update", "delete"]),
                ["record"] = probe.Body!.DeepClone(),
            },
        };
    }
}
