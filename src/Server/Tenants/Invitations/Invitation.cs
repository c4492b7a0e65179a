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
    public Target Target => new("invitation", Id.Value);

    /// <summary>The form in which addresses are compared.</summary>
    [JsonIgnore]
    public string EmailKey => Email.ToLowerInvariant();

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
    private const int EmailMax = 254; // RFC 5321 section 4.5.3.1.3, without the angle brackets

    public string EmailKey => Email.ToLowerInvariant();

    public static CreateInvitation Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        var email = input.Text("email", EmailMax);
        if (email.Length > 0 && !IsAddress(email))
            input.Refuse("email", "not_an_address", "'email' is not a mail address.", "Send an address such as ann@example.com.");
        var role = input.Choice<TenantRole>("role");
        var workspace = input.ReferenceOrNull<WorkspaceKind>("workspace_id");
        if (workspace is not null) WorkspaceRole.RefuseOwner(input, role);
        return new CreateInvitation(email, role, workspace);
    }

    private static bool IsAddress(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && at == text.LastIndexOf('@') && at < text.Length - 1
            && !text.AsSpan().ContainsAny(" \t<>()[]\\,;:\"");
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
