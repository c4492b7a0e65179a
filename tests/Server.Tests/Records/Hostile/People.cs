using Castellan.Kernel;

namespace Castellan.Tests.Records.Hostile;

/// <summary>An app in an environment: its contract, the tenants that it is installed for, and their records.</summary>
internal sealed class Place(string environment, AppId app, ContractShape contract)
{
    public string Environment => environment;

    public AppId App => app;

    public ContractShape Contract => contract;

    public Shelf Shelf { get; } = new(contract);

    public List<Tenancy> Tenants { get; } = [];

    /// <summary>The number that names its tables.</summary>
    public long Number { get; set; }
}

/// <summary>A tenant, its workspaces, and what its people are in it.</summary>
internal sealed record Tenancy(string Id)
{
    public List<string> Workspaces { get; } = [];

    public Dictionary<string, Membership> Members { get; } = [];
}

/// <summary>Null as <paramref name="Role"/> is a guest, of <paramref name="Workspaces"/> alone.</summary>
internal sealed record Membership(TenantRole? Role, IReadOnlyList<string> Workspaces, IReadOnlyList<string> Roles);

/// <summary>Somebody with a credential, which belongs to an app in an environment.</summary>
internal sealed record Person(string Name, Caller Caller, Place Home)
{
    public bool IsUser => Caller.Kind is CallerKind.User;

    public override string ToString() => Name;
}

/// <summary>What a rule may know of somebody in a tenant.</summary>
internal sealed record Known(
    string? Id, CallerKind Kind, TenantRole? Role, bool IsInside, IReadOnlyList<string> Workspaces,
    IReadOnlyList<string> Roles);

/// <summary>A call: who asks for what, how it is meant, and in which words.</summary>
internal sealed record Probe(string Kind, Person By, string Operation, string Collection)
{
    public string? Tenant { get; init; }

    public string? Workspace { get; init; }

    public string? Record { get; init; }

    public System.Text.Json.Nodes.JsonNode? Body { get; init; }

    public Listing? Listing { get; init; }

    /// <summary>The unique key of an upsert.</summary>
    public string[] On { get; init; } = [];

    public string? IfMatch { get; init; }

    public string? RepeatKey { get; init; }

    public Dictionary<string, string> Query
    {
        get
        {
            if (On.Length > 0) return new() { ["on"] = string.Join(',', On) };
            return (Operation, Listing) switch
            {
                ("records.list", { } listing) => listing.Query,
                ("records.get", { Select.Length: > 0 } listing) => new()
                {
                    ["select"] = string.Join(',', listing.Select),
                },
                _ => [],
            };
        }
    }

    /// <summary>Everything that was said, so that an answer may say it again.</summary>
    public string Said => $"{Tenant} {Workspace} {Record} {Body?.ToJsonString()} {string.Join(' ', Query.Values)}";

    public override string ToString() =>
        $"{Kind}: {By} ({By.Home.Environment}) {Operation} {Collection} {Record} tenant {Tenant} workspace {Workspace} "
        + $"if-match {IfMatch} query {string.Join('&', Query.Select(q => $"{q.Key}={q.Value}"))} "
        + $"body {Body?.ToJsonString()}";
}
