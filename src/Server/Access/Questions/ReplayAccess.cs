using System.Text.Json;
using Castellan.Access.AuthZen;
using Castellan.Access.Granting;
using Castellan.Access.Permissions;
using Castellan.Kernel;

namespace Castellan.Access.Questions;

/// <summary>
/// A decision of then: its basis as the answer told it. <paramref name="Asked"/> is what was told about the question by
/// AuthZEN, null where nothing was.
/// </summary>
internal sealed record ReplayAccess(DecisionBasis Basis, AskedAttributes? Asked)
{
    private const int AppRolesMax = 50;

    public ResourcePattern Resource { get; } =
        new(Basis.AppId, Basis.WorkspaceId, Basis.Collection, Basis.RecordId);

    public static ReplayAccess Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        var (subject, permission) = (ExplainAccess.SubjectOf(input), input.Text("permission", max: 100));
        var resource = ResourcePattern.Bind(input);
        var basis = new DecisionBasis(
            subject.User, subject.Key, subject.Agent, permission, resource.App, resource.Workspace,
            resource.Collection, resource.Record,
            input.IntOrNull("revision", 0, int.MaxValue) ?? 0,
            input.Text("built_in_roles", max: 64),
            input.TimeOrNull("decided_at") ?? default,
            input.ChoiceOrNull<TenantRole>("tenant_role"),
            input.TextsOrNull("app_roles", AppRolesMax, max: 40) ?? [],
            input.IntOrNull("contract_version", 0, int.MaxValue),
            input.TextOrNull("asked_digest", max: 64),
            input.BoolOrNull("holds"));
        foreach (var name in new[] { "revision", "decided_at" })
        {
            if (!input.Has(name))
                input.Refuse(name, "required", $"'{name}' is missing.", "Send it as the decision told it.");
        }
        return new ReplayAccess(basis, AskedOf(input, input.ObjectOrNone("asked")));
    }

    private static AskedAttributes? AskedOf(Input input, JsonElement asked) =>
        asked.ValueKind is JsonValueKind.Object
            ? AuthZenReader.QuestionOf(asked, AuthZenParts.None, (at, code, detail, fix) =>
                input.Refuse($"asked/{at}", code, detail, fix))
            : null;
}
