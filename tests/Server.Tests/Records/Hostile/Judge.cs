using System.Text.Json.Nodes;
using Castellan.Kernel;

namespace Castellan.Tests.Records.Hostile;

/// <summary>
/// What the answer to a call has to be. <paramref name="Code"/> is the problem's, null where the call is done.
/// </summary>
internal sealed record Verdict(string? Code)
{
    /// <summary>Rows of which the answer may hold anything but secrets.</summary>
    public HashSet<Row> MayShow { get; init; } = [];

    /// <summary>Ids that it may tell beside them.</summary>
    public HashSet<string> MayTell { get; init; } = [];

    /// <summary>True where it may name a record that the refused call itself had made, whose id nobody knows.</summary>
    public bool MayTellDraft { get; init; }

    /// <summary>Says what is wrong with the answer, or null.</summary>
    public Func<Reply, string?>? Check { get; init; }

    /// <summary>What becomes of the judge's records where the call was done.</summary>
    public Action<Reply>? Apply { get; init; }

    /// <summary>
    /// An id that is hidden from the caller: with an absent one in its place the answer must be the same.
    /// </summary>
    public string? Hidden { get; init; }
}

/// <summary>What came back.</summary>
internal sealed record Reply(int Status, string Code, string Text, string? ETag, bool Replayed)
{
    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();

    public bool IsDone => Status is >= 200 and < 300;
}

/// <summary>Where a call stands that has come in: its tenant, its collection, and the caller there.</summary>
internal sealed record Entry(Probe Probe, Place Place, Tenancy Tenant, CollectionShape Shape, Known By)
{
    public Shelf Shelf => Place.Shelf;

    public bool IsSandbox => Place.Environment == "sandbox";

    /// <summary>Rows of the tenant, and of the workspace where one is named.</summary>
    public bool IsInScope(Row row) => row.Tenant == Tenant.Id
        && (Probe.Workspace is null || !row.Shape.HasWorkspaces || row.Workspace == Probe.Workspace);

    public Question Ask(Row row, Row? old = null) => new(By, row, old, Shelf, Probe.Workspace);

    /// <summary>Whether a collection's rule lets the caller; whoever is not inside passes public ones alone.</summary>
    public bool May(CollectionShape shape, string word, Row row, Row? old = null) => shape.Law(word) switch
    {
        null => false,
        { IsPublic: true } => true,
        { Term: { } term } => By.IsInside && term.Of(Ask(row, old)) is true,
        _ => false,
    };

    public bool May(string word, Row row, Row? old = null) => May(row.Shape, word, row, old);

    /// <summary>A record that the call names by its id: in its collection and scope.</summary>
    public Row? Find(string? id, bool deleted = false) =>
        Shelf.Find(Shape.Name, id) is { } row && row.IsDeleted == deleted && IsInScope(row) ? row : null;
}

/// <summary>
/// Decides from what it knows of people, records and rules what each call may see and change. It shares nothing with
/// the product but the documents: README of the slice and the guide to contracts say what is written here.
/// </summary>
internal sealed partial class Judge
{
    private static readonly Dictionary<string, string[]> Decide = new()
    {
        ["records.list"] = ["list"],
        ["records.query"] = ["list"],
        ["records.get"] = ["read"],
        ["records.history"] = ["read"],
        ["records.create"] = ["create"],
        ["records.update"] = ["update"],
        ["records.replace"] = ["update"],
        ["records.upsert"] = ["create", "update"],
        ["records.delete"] = ["delete"],
        ["records.restore"] = ["delete"],
        ["records.bulk"] = ["create", "update", "delete"],
    };

    public Verdict Of(Probe probe)
    {
        var (refused, entry) = Enter(probe);
        if (entry is null) return refused!;
        return probe.Operation switch
        {
            "records.list" or "records.query" => List(entry),
            "records.get" => Get(entry),
            "records.history" => History(entry),
            "records.explain" => Explain(entry),
            "records.bulk" => Bulk(entry),
            "records.reveal" => Reveal(entry),
            _ => Write(entry, probe),
        };
    }

    public static (Verdict? Refused, Entry? Entry) Enter(Probe probe)
    {
        var (by, place) = (probe.By.Caller, probe.By.Home);
        if (by.Kind is CallerKind.App && !Decide.ContainsKey(probe.Operation)) return Refused("credential_required");
        if (probe.Tenant is null) return Refused("tenant_required");
        var tenant = place.Tenants.Find(t => t.Id == probe.Tenant);
        if (tenant is null) return Refused("not_found", probe.Tenant);
        if (probe.Workspace is { } workspace && !tenant.Workspaces.Contains(workspace))
            return Refused("not_found", workspace);
        var known = Who(by, tenant, probe);
        var shape = place.Contract.Collections.FirstOrDefault(c => c.Name == probe.Collection);
        var isPublic = shape is not null && Decide.TryGetValue(probe.Operation, out var words)
            && words.Any(word => shape.Law(word) is { IsPublic: true });
        if (!known.IsInside && !isPublic)
            return by.Kind is CallerKind.Key ? Refused("permission_denied") : Refused("not_found", probe.Tenant);
        if (shape is null) return Refused("not_found");
        if (probe.Operation == "records.reveal" && by.Kind is not CallerKind.Key) return Refused("permission_denied");
        return (null, new Entry(probe, place, tenant, shape, known));
    }

    private static (Verdict? Refused, Entry? Entry) Refused(string code, string? hidden = null) =>
        (new Verdict(code) { Hidden = hidden }, null);

    private static Known Who(Caller by, Tenancy tenant, Probe probe)
    {
        if (by.Kind is CallerKind.Key)
            return new Known(by.Key!.Value.Value, by.Kind, null, by.Holds(probe.Operation), [], []);
        if (by.User is not { } user || !tenant.Members.TryGetValue(user.Value, out var member))
            return new Known(by.User?.Value, by.Kind, null, IsInside: false, [], []);
        var isInside = member.Role is not null
            || (probe.Workspace is { } workspace && member.Workspaces.Contains(workspace));
        return new Known(
            user.Value, by.Kind, isInside ? member.Role : null, isInside, isInside ? member.Workspaces : [],
            isInside ? member.Roles : []);
    }

    private static Verdict List(Entry entry)
    {
        var listing = entry.Probe.Listing!;
        if (listing.IsWrong) return new Verdict("input_invalid");
        var scope = entry.Shelf.Of(entry.Shape, entry.Tenant.Id).Where(entry.IsInScope).ToList();
        var let = scope.Where(row => entry.May("list", row)).ToList();
        // What a filter follows references to is what the caller may read.
        var admitted = let.Where(row => listing.Admits(row, entry.Ask(row) with
        {
            MayFollow = other => entry.May("read", other),
        })).ToList();
        var isTold = entry.IsSandbox && entry.By.IsInside;
        return new Verdict(null)
        {
            MayShow = [.. admitted],
            Check = reply => Wrong(reply.Json, listing, admitted)
                ?? Other("withheld", reply.Json["withheld"], Ends(reply) && isTold ? scope.Count - let.Count : null)
                ?? Other("count", reply.Json["count"], listing.Count ? admitted.Count : null),
        };
    }

    private static bool Ends(Reply reply) => reply.Json["next_cursor"] is null;

    private static string? Wrong(JsonObject page, Listing listing, List<Row> admitted)
    {
        var items = page["items"]!.AsArray();
        var byId = admitted.ToDictionary(row => row.Id);
        foreach (var item in items)
        {
            if (!byId.TryGetValue(item!["id"]!.ToString(), out var row)) return $"LEAK shows {item.ToJsonString()}";
            if (Differs(item, row.Shown(listing.Select)) is { } difference) return difference;
        }
        if (listing.IsPart) return null;
        var wanted = admitted.Where(row => !listing.Seen.Contains(row.Id)).ToList();
        var ids = items.Select(item => item!["id"]!.ToString()).ToList();
        if (ids.Count != Math.Min(wanted.Count, listing.Limit) || ids.Distinct().Count() != ids.Count)
            return $"lists {ids.Count} of {wanted.Count}";
        if (page["next_cursor"] is null != wanted.Count <= listing.Limit) return "goes on, or does not";
        return listing.Sort is null && !ids.SequenceEqual(wanted.Select(row => row.Id).Take(listing.Limit))
            ? "is in another order"
            : null;
    }

    private static string? Other(string what, JsonNode? told, int? wanted) =>
        told?.GetValue<int>() == wanted ? null : $"LEAK says {what} {told?.ToJsonString() ?? "nothing"}, not {wanted}";

    private static string? Differs(JsonNode? told, JsonObject wanted) =>
        JsonNode.DeepEquals(told, JsonNode.Parse(wanted.ToJsonString()))
            ? null
            : $"tells {told?.ToJsonString()}, not {wanted.ToJsonString()}";

    private static Verdict Get(Entry entry)
    {
        if (entry.Probe.Listing is { IsWrong: true }) return new Verdict("input_invalid");
        if (entry.Find(entry.Probe.Record) is not { } row || !entry.May("read", row)) return Absent(entry);
        return new Verdict(null)
        {
            MayShow = [row],
            Check = reply => Differs(reply.Json, row.Shown(entry.Probe.Listing?.Select))
                ?? (reply.ETag == $"\"{row.Number}\"" ? null : $"has the ETag {reply.ETag}"),
        };
    }

    /// <summary>Secrets, to an app's own server alone.</summary>
    private static Verdict Reveal(Entry entry)
    {
        if (entry.Find(entry.Probe.Record) is not { } row || !entry.May("read", row)) return Absent(entry);
        var secrets = row.Shape.Fields.Where(f => f.Kind is Kind.Secret)
            .Select(f => KeyValuePair.Create(f.Name, Row.Node(row[f.Name])));
        var wanted = new JsonObject { ["id"] = row.Id, ["secrets"] = new JsonObject(secrets) };
        return new Verdict(null) { MayShow = [row], Check = reply => Differs(reply.Json, wanted) };
    }

    /// <summary>Earlier versions, each as the read rule would have shown it then.</summary>
    private static Verdict History(Entry entry)
    {
        if (entry.Find(entry.Probe.Record) is not { } row || !entry.May("read", row)) return Absent(entry);
        var shown = row.Ended.Reverse().Where(version => entry.May("read", version.Value.Was)).ToList();
        return new Verdict(null)
        {
            MayShow = [row],
            MayTell = [.. shown.Select(version => version.Value.Actor)],
            Check = reply =>
            {
                var items = reply.Json["items"]!.AsArray();
                var told = items.Select(item => $"{item!["version"]} {item["ended_by"]} {item["actor"]}");
                var wanted = shown.Select(v => $"{v.Key} {v.Value.EndedBy} {v.Value.Actor}");
                if (!told.SequenceEqual(wanted)) return $"LEAK tells {reply.Text}, not {string.Join(", ", wanted)}";
                return items.Zip(shown, (item, v) => Differs(item!["data"], v.Value.Was.Shown()))
                    .FirstOrDefault(difference => difference is not null);
            },
        };
    }

    private static Verdict Absent(Entry entry) => new("not_found") { Hidden = entry.Probe.Record };
}
