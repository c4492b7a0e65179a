using System.Text.Json.Nodes;

namespace Castellan.Tests.Records.Hostile;

/// <summary>Lists as oracles about what they do not show, and cursors in the wrong place.</summary>
internal static class ListAttacks
{
    public static Probe FilterOracle(Scene scene, string kind) => Oracle(scene, kind, (shape, rows) =>
        new Listing { Filter = scene.Listings.Filter(shape, rows), Count = scene.Chance(2) });

    public static Probe WhereOracle(Scene scene, string kind) => Oracle(scene, kind, (shape, rows) =>
        new Listing { Where = scene.Listings.Where(shape, rows), Count = scene.Chance(2) });

    public static Probe SortOracle(Scene scene, string kind) => Oracle(scene, kind, (shape, rows) => new Listing
    {
        Sort = (scene.Chance(2) ? "-" : "") + scene.Listings.Field(shape),
        Limit = 1 + scene.Random.Below(3),
        Filter = scene.Chance(3) ? scene.Listings.Filter(shape, rows) : null,
    });

    /// <summary>Asks about values that rows of any tenant have.</summary>
    private static Probe Oracle(Scene scene, string kind, Func<CollectionShape, IReadOnlyList<Row>, Listing> make)
    {
        var by = scene.Somebody();
        var tenant = scene.Own(by);
        var shape = scene.Collection(by.Home);
        var rows = by.Home.Shelf.Of(shape.Name).ToList();
        var listing = make(shape, rows);
        if (scene.Chance(4)) listing = listing with { Select = ["f0", "f1"] };
        return scene.List(kind, by, tenant.Id, scene.Workspace(by, tenant, shape), shape, listing);
    }

    /// <summary>Asks about records that references lead to, hidden or not.</summary>
    public static Probe? WhereReference(Scene scene, string kind)
    {
        var by = scene.Somebody();
        var (contract, shape) = (by.Home.Contract, scene.Collection(by.Home));
        var terms = shape.References.SelectMany(r => Guesses(scene, by.Home, r.Target, [r.As]))
            .Concat(shape.References.SelectMany(r => contract.Of(r.Target).References
                .SelectMany(next => Guesses(scene, by.Home, next.Target, [r.As, next.As]))))
            .Concat(contract.ReferencesTo(shape).Where(r => r.Reference.Back is not null)
                .SelectMany(r => Guesses(scene, by.Home, r.Shape.Name, [])
                    .Select(inner => new Exists(r.Reference.Back!, inner))));
        if (scene.PickOrNone(terms.ToList()) is not { } term) return null;
        if (scene.Chance(3)) term = new Not(term);
        var tenant = scene.Own(by);
        var listing = new Listing { Where = term, Count = scene.Chance(2) };
        return scene.List(kind, by, tenant.Id, scene.Workspace(by, tenant, shape), shape, listing);
    }

    private static IEnumerable<Term> Guesses(Scene scene, Place place, string collection, string[] path)
    {
        var some = scene.PickOrNone([.. place.Shelf.Of(collection)]);
        yield return new Compare(path, "f1", scene.Pick(["==", "!="]), some?["f1"]);
        yield return new Compare(path, "owner_id", scene.Pick(["==", "!="]), some?.Owner);
        if (some?["f0"] is string mark) yield return new Compare(path, "f0", scene.Pick(["startsWith", ">="]), mark);
        yield return new Belongs(path);
    }

    public static Probe? SecretQuery(Scene scene, string kind)
    {
        var by = scene.Somebody();
        var secret = by.Home.Contract.Collections.Where(c => c.Fields.Any(f => f.Kind is Kind.Secret)).ToList();
        if (scene.PickOrNone(secret) is not { } shape) return null;
        var tenant = scene.Own(by);
        var row = scene.PickOrNone([.. by.Home.Shelf.Of(shape, tenant.Id)]);
        var guess = new Compare([], "s0", scene.Pick(["==", "startsWith", "<", "!="]), "~s1");
        Listing[] wrong =
        [
            new() { Sort = "-s0" }, new() { Select = ["f0", "s0"] }, new() { Where = guess },
            new() { Filter = new Sieve(new JsonObject { ["s0"] = new JsonObject { ["prefix"] = "~s1" } }, _ => false) },
            new() { Filter = new Sieve(new JsonObject { ["not"] = new JsonObject { ["s0"] = "~s1" } }, _ => false) },
        ];
        var listing = scene.Pick(wrong) with { IsWrong = true };
        if (listing.Select.Length == 0 || row is null || scene.Chance(2))
            return scene.List(kind, by, tenant.Id, null, shape, listing);
        return new Probe(kind, by, "records.get", shape.Name)
        {
            Tenant = tenant.Id,
            Record = row.Id,
            Listing = listing,
        };
    }

    public static Probe? Paged(Scene scene, string kind, Func<Cursor, Probe> change)
    {
        if (scene.Cursors.Count == 0) return null;
        var cursor = scene.Cursors[^(1 + scene.Random.Below(Math.Min(10, scene.Cursors.Count)))];
        var probe = change(cursor) with { Kind = kind };
        var isStale = cursor.Changes != scene.Changes;
        var listing = probe.Listing! with
        {
            Cursor = probe.Listing!.Cursor ?? cursor.Text,
            Seen = cursor.Seen,
            IsPart = isStale || probe.By != cursor.Probe.By,
        };
        return probe with { Listing = listing, Body = probe.Operation == "records.query" ? listing.Body : null };
    }

    public static Probe? OthersCursor(Scene scene, string kind) => Paged(scene, kind, cursor => cursor.Probe with
    {
        By = scene.Pick([.. scene.Stage.People.Where(p => p.Home == cursor.Probe.By.Home)]),
        Listing = cursor.Probe.Listing! with { Cursor = cursor.Text },
    });

    public static Probe? MovedCursor(Scene scene, string kind) => Paged(scene, kind, cursor =>
    {
        var (probe, listing) = (cursor.Probe, cursor.Probe.Listing! with { Cursor = cursor.Text, IsWrong = true });
        var place = probe.By.Home;
        return scene.Random.Below(4) switch
        {
            0 => probe with
            {
                Tenant = place.Tenants.First(t => t.Id != probe.Tenant).Id,
                Workspace = null,
                Listing = listing,
            },
            1 => probe with
            {
                Collection = place.Contract.Collections.First(c => c.Name != probe.Collection).Name,
                Listing = listing,
            },
            2 => probe with { Listing = listing with { Sort = listing.Sort == "id" ? "-id" : "id" } },
            _ => probe with { Listing = listing with { Where = new Compare([], "f0", "!=", null) } },
        };
    });

    public static Probe? ChangedCursor(Scene scene, string kind) => Paged(scene, kind, cursor =>
    {
        var text = cursor.Text;
        var at = 1 + scene.Random.Below(text.Length - 3);
        var changed = scene.Random.Below(3) switch
        {
            0 => text[..at],
            1 => text[..at] + (text[at] == 'A' ? 'B' : 'A') + text[(at + 1)..],
            _ => text[..at] + text[(at + 1)..],
        };
        return cursor.Probe with
        {
            Listing = cursor.Probe.Listing! with { Cursor = changed, IsWrong = true },
        };
    });
}
