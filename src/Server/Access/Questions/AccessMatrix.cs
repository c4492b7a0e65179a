using Castellan.Access.Permissions;
using Castellan.Kernel;

namespace Castellan.Access.Questions;

/// <summary>What one member may of the permissions that were asked for, in their order.</summary>
internal sealed record MatrixRow(
    MemberId MemberId, UserId UserId, TenantRole Role, IReadOnlyList<EvaluatedPermission> Results);

internal sealed record AskMatrix(IReadOnlyList<string> Permissions, ResourcePattern Resource, Page Page)
{
    private const int PermissionsMax = 20;

    public static AskMatrix Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        var permissions = input.TextsOrNull("permissions", PermissionsMax, max: 100);
        if (permissions is null or { Count: 0 })
            input.Refuse("permissions", "required", "'permissions' is missing or empty.", "Name one or more.");
        return new AskMatrix(permissions ?? [], ResourcePattern.Bind(input), input.BodyPage());
    }
}
