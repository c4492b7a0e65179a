using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Access.Names;

/// <summary>
/// What an app calls somebody or something when it asks for decisions. As a subject it stands for a member of the
/// tenant; as a resource it says that there is such a thing, so that searches find it.
/// </summary>
internal sealed record AccessName(
    NameId Id, AppId AppId, NameOf Of, string Type, string Name, UserId? UserId, DateTimeOffset CreatedAt)
    : IVersioned
{
    /// <summary>A name is never edited.</summary>
    public long Version => 1;

    [JsonIgnore]
    public Target Target => new("access_name", Id.Value) { User = UserId };

    /// <summary>Without the name itself, which may be an address: the log and events keep none.</summary>
    public Snapshot Snapshot() =>
        Kernel.Snapshot.Of(new NamedThing(Id, AppId, Of, Type, UserId), AccessJson.Wire.NamedThing);
}

/// <summary>A name as events and the log tell of it.</summary>
internal sealed record NamedThing(NameId Id, AppId AppId, NameOf Of, string Type, UserId? UserId);

[JsonConverter(typeof(NameConverter<NameOf>))]
internal enum NameOf
{
    Subject,
    Resource,
}

internal sealed record CreateName(AppId? App, NameOf Of, string Type, string Name, UserId? User)
{
    public const int TypeMax = 63;
    public const int NameMax = 255;

    public static CreateName Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        var wanted = new CreateName(
            input.ReferenceOrNull<AppKind>("app_id"), input.Choice<NameOf>("of"), input.Text("type", max: TypeMax),
            input.Text("name", max: NameMax), input.ReferenceOrNull<UserKind>("user_id"));
        if ((wanted is { Of: NameOf.Subject, Type: Subjects.User } && UserId.TryParse(wanted.Name, out _))
            || (wanted is { Of: NameOf.Subject, Type: Subjects.Agent } && AgentId.TryParse(wanted.Name, out _)))
        {
            input.Refuse("name", "is_an_id", "The name is the id of a user or agent, which always stands for itself.",
                "Ask with the id; it needs no name.");
        }
        if (wanted is { Of: NameOf.Resource, Type: Resources.Tenant or Resources.Workspace })
        {
            input.Refuse("type", "is_known", $"Things of the type {wanted.Type} are known by their ids.",
                "Ask with the id; it needs no name.");
        }
        return wanted;
    }

    /// <summary>What only a whole body shows: a subject is somebody, a resource nobody.</summary>
    public FieldProblem? Misfit => (Of, User) switch
    {
        (NameOf.Subject, null) => new FieldProblem(
            "/user_id", "required", "Nobody is named.", "Send 'user_id' of the member whom the name stands for."),
        (NameOf.Resource, not null) => new FieldProblem(
            "/user_id", "not_of_resources", "A resource is nobody.", "Leave 'user_id' out."),
        _ => null,
    };
}

/// <summary>Types of subjects that mean something here.</summary>
internal static class Subjects
{
    public const string User = "user";

    /// <summary>An agent for itself, by its own id.</summary>
    public const string Agent = "agent";
}

/// <summary>Types of resources that mean something here.</summary>
internal static class Resources
{
    public const string Tenant = "tenant";
    public const string Workspace = "workspace";
}

internal sealed record OneName(NameId Name)
{
    public static OneName Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new OneName(input.Path<NameKind>("name"));
    }
}

internal sealed record ListNames(Page Page, NameOf? Of, UserId? User)
{
    public static ListNames Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new ListNames(input.Page(), input.QueryChoice<NameOf>("of"), input.QueryId<UserKind>("user"));
    }
}
