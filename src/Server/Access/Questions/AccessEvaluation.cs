using Castellan.Access.Permissions;
using Castellan.Kernel;

namespace Castellan.Access.Questions;

/// <summary>What a member may of several things, such as the buttons of a page.</summary>
internal sealed record AccessEvaluation(UserId UserId, long Revision, IReadOnlyList<EvaluatedPermission> Results);

/// <summary>One answer; <paramref name="By"/> is as in an explanation.</summary>
internal sealed record EvaluatedPermission(string Permission, bool Allowed, string? By);

/// <summary>A user who names nobody asks about himself or herself.</summary>
internal sealed record EvaluateAccess(UserId? User, IReadOnlyList<string> Permissions, ResourcePattern Resource)
{
    private const int PermissionsMax = 100;

    public static EvaluateAccess Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        var user = input.ReferenceOrNull<UserKind>("user_id");
        var permissions = input.TextsOrNull("permissions", PermissionsMax, max: 100);
        if (permissions is null or { Count: 0 })
            input.Refuse("permissions", "required", "'permissions' is missing or empty.", "Name one or more.");
        return new EvaluateAccess(user, permissions ?? [], ResourcePattern.Bind(input));
    }
}
