using System.Text.Json.Nodes;

namespace Castellan.Tests.Records.Hostile;

/// <summary>What attacks are made of: picks from a stage, and calls that look like an honest client's.</summary>
internal sealed class Scene(
    SeededNumbers random, Stage stage, Stage other, RandomBodies bodies, Func<DateTimeOffset> now)
{
    private static readonly string[] Touches =
    [
        "records.get", "records.get", "records.history", "records.explain", "records.update", "records.update",
        "records.reveal", "records.replace", "records.delete", "records.delete", "records.restore",
    ];

    private static readonly string[] Words = ["list", "read", "create", "update", "delete"];

    public SeededNumbers Random => random;

    public RandomBodies Bodies => bodies;

    public RandomListings Listings { get; } = new(random);

    public List<Cursor> Cursors { get; } = [];

    /// <summary>Counts what was changed, so that a cursor knows whether it is stale.</summary>
    public long Changes { get; set; }

    public Stage Stage => stage;

    public bool Chance(int of) => random.Below(of) == 0;

    public T Pick<T>(IReadOnlyList<T> of) => of[random.Below(of.Count)];

    public T? PickOrNone<T>(IReadOnlyList<T> of)
        where T : class => of.Count == 0 ? null : Pick(of);

    /// <summary>Mostly somebody in sandbox, where more people are.</summary>
    public Person Somebody() => Pick(stage.People);

    /// <summary>A tenant where the person is at home, or any where there is none.</summary>
    public Tenancy Own(Person by)
    {
        var own = by.Home.Tenants
            .Where(t => by.Caller.User is not { } user || t.Members.ContainsKey(user.Value)).ToList();
        return Pick(own.Count > 0 ? own : by.Home.Tenants);
    }

    /// <summary>None, one of the person's own, or any of the tenant.</summary>
    public string? Workspace(Person by, Tenancy tenant, CollectionShape shape)
    {
        var member = by.Caller.User is { } user ? tenant.Members.GetValueOrDefault(user.Value) : null;
        if (member is { Role: null }) return Pick(member.Workspaces);
        if (shape.Workspace != "required" && !Chance(4)) return null;
        return member is { Workspaces.Count: > 0 } && !Chance(3) ? Pick(member.Workspaces) : Pick(tenant.Workspaces);
    }

    public CollectionShape Collection(Place place) => Pick(place.Contract.Collections);

    /// <summary>Other places: the live one, and those of the other app.</summary>
    public Place Elsewhere(Person by) =>
        Pick([.. stage.Places.Concat(other.Places).Where(place => place != by.Home)]);

    public List<Row> Rows(Place place, Func<Row, bool> those) => [.. place.Shelf.Everything.Where(those)];

    public string Absent() => RecordId.New(now()).Value;

    /// <summary>Ids of the tenant's records, so that references mostly lead somewhere.</summary>
    public Func<string, string?> Referable(Person by, Tenancy tenant) => collection =>
        PickOrNone([.. by.Home.Shelf.Of(by.Home.Contract.Of(collection), tenant.Id)])?.Id;

    /// <summary>A call about one record, as whoever thinks that he or she may would make it.</summary>
    public Probe Touch(string kind, Person by, string? tenant, string? workspace, string collection, string id)
    {
        var operation = Pick(Touches);
        var place = by.Home;
        var shape = place.Contract.Collections.FirstOrDefault(c => c.Name == collection) ?? Collection(place);
        var at = place.Tenants.Find(t => t.Id == tenant) ?? place.Tenants[0];
        return new Probe(kind, by, operation, collection)
        {
            Tenant = tenant,
            Workspace = workspace,
            Record = operation == "records.explain" ? null : id,
            IfMatch = IfMatch(operation, place, collection, id),
            Body = operation switch
            {
                "records.update" => bodies.Next(by, shape, Referable(by, at), share: 30),
                "records.replace" => bodies.Next(by, shape, Referable(by, at)),
                "records.explain" => new JsonObject { ["operation"] = Pick(Words), ["record_id"] = id },
                _ => null,
            },
        };
    }

    /// <summary>A record as it would be created.</summary>
    public Probe Create(string kind, Person by, Tenancy tenant, string? workspace, CollectionShape shape) =>
        new(kind, by, "records.create", shape.Name)
        {
            Tenant = tenant.Id,
            Workspace = workspace,
            Body = bodies.Next(by, shape, Referable(by, tenant)),
        };

    public Probe List(
        string kind, Person by, string? tenant, string? workspace, CollectionShape shape, Listing listing)
    {
        var operation = Chance(3) ? "records.query" : "records.list";
        return new(kind, by, operation, shape.Name)
        {
            Tenant = tenant,
            Workspace = workspace,
            Listing = listing,
            Body = operation == "records.query" ? listing.Body : null,
        };
    }

    /// <summary>The version that it has, where a client knows; else mostly none.</summary>
    private string? IfMatch(string operation, Place place, string collection, string id)
    {
        if (operation is not ("records.update" or "records.replace" or "records.delete")) return null;
        var shape = place.Contract.Collections.FirstOrDefault(c => c.Name == collection);
        if (shape is not { WantsIfMatch: true } && !Chance(6)) return null;
        return Chance(8) ? null : $"\"{place.Shelf.Find(collection, id)?.Number ?? 1}\"";
    }
}

/// <summary>A cursor that was given, to whom and for which list.</summary>
internal sealed record Cursor(string Text, Probe Probe, IReadOnlyList<string> Seen, long Changes);
