using System.Text.Json.Serialization;
using Castellan.Kernel;
using Castellan.Platform.Crypto;
using Castellan.Tenants.Members;

namespace Castellan.Tenants.Invitations;

/// <summary>An offer of a membership to an address: once, for some days, to nobody else.</summary>
internal sealed record Invitation(
    InvitationId Id, TenantId TenantId, string TenantName, WorkspaceId? WorkspaceId, string Email, TenantRole Role,
    InvitationState State, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, long Version)
    : IVersioned
{
    [JsonIgnore]
    public Target Target => new("invitation", Id.Value) { Role = Role };

    /// <summary>The form in which addresses are compared.</summary>
    [JsonIgnore]
    public string EmailKey => EmailAddress.Key(Email);

    /// <summary>What events tell: neither the address nor the tenant's name.</summary>
    public Snapshot Snapshot() => Kernel.Snapshot.Of(
        new InvitationFact(Id, TenantId, WorkspaceId, Role, State, ExpiresAt, Version),
        TenantsJson.Wire.InvitationFact);
}

internal sealed record InvitationFact(
    InvitationId Id, TenantId TenantId, WorkspaceId? WorkspaceId, TenantRole Role, InvitationState State,
    DateTimeOffset ExpiresAt, long Version);

[JsonConverter(typeof(NameConverter<InvitationState>))]
internal enum InvitationState
{
    Pending,
    Accepted,
    Cancelled,
    Expired,

    /// <summary>Who sent it may not do so any more. It is pending again when that changes.</summary>
    Lapsed,
}

internal static class InvitationToken
{
    private const string Prefix = "cas_in_";

    /// <summary>190 random bits: nobody guesses one, and its hash is stored plain.</summary>
    public static string New() => OpaqueToken.New(Prefix);

    public static bool IsWellFormed(string token) => OpaqueToken.IsWellFormed(token, Prefix);
}

internal sealed record CreateInvitation(string Email, TenantRole Role, WorkspaceId? Workspace)
{
    public string EmailKey => EmailAddress.Key(Email);

    public static CreateInvitation Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        var email = EmailAddress.Bind(input, "email");
        var role = input.Choice<TenantRole>("role");
        var workspace = input.ReferenceOrNull<WorkspaceKind>("workspace_id");
        if (workspace is not null) WorkspaceRole.RefuseOwner(input, role);
        return new CreateInvitation(email, role, workspace);
    }
}

internal sealed record ListInvitations(Page Page, InvitationState? State)
{
    public static ListInvitations Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new ListInvitations(input.Page(), input.QueryChoice<InvitationState>("state"));
    }
}

internal sealed record CancelInvitation(InvitationId Invitation)
{
    public static CancelInvitation Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new CancelInvitation(input.Path<InvitationKind>("invitation"));
    }
}

internal sealed record ListMyInvitations(Page Page)
{
    public static ListMyInvitations Bind(Input input) => new(input.Page());
}

/// <summary>By the token of the mail, or by the id of one of my own invitations.</summary>
internal sealed record AcceptInvitation(string? Token, InvitationId? Invitation)
{
    public static AcceptInvitation Bind(Input input)
    {
        var token = input.TextOrNull("token", max: 100);
        var invitation = input.ReferenceOrNull<InvitationKind>("invitation_id");
        if (token is null == invitation is null)
            input.Refuse("token", "one_of", "Exactly one of 'token' and 'invitation_id' is needed.",
                "Send the token of the mail, or the id of one of your invitations.");
        return new AcceptInvitation(token, invitation);
    }
}
