using System.Text.Json;
using Castellan.Access.Granting;
using Castellan.Kernel;
using Castellan.Platform;

namespace Castellan.Access.AuthZen;

/// <summary>One question.</summary>
internal sealed record AskDecision(AskedAttributes Asked)
{
    public static AskDecision Bind(Input input)
    {
        var parts = AuthZenParts.Required(input);
        input.IgnoreOthers();
        return new AskDecision(AuthZenReader.Question(parts, AuthZenParts.None, AuthZenNeeds.All, input.Refuse));
    }
}

/// <summary>When several questions are answered enough.</summary>
internal enum AuthZenSemantic
{
    ExecuteAll,
    DenyOnFirstDeny,
    PermitOnFirstPermit,
}

/// <summary>
/// Several questions with parts that they share; without any, <paramref name="Single"/> is the one question.
/// </summary>
internal sealed record AskDecisions(
    AuthZenParts Shared, IReadOnlyList<JsonElement> Items, AuthZenSemantic Semantic, AskedAttributes? Single)
{
    /// <summary>Questions of one call.</summary>
    public const int ItemsMax = 200;

    public static AskDecisions Bind(Input input)
    {
        var shared = new AuthZenParts(
            input.ObjectOrNone("subject"), input.ObjectOrNone("action"), input.ObjectOrNone("resource"),
            input.ObjectOrNone("context"));
        var list = input.ArrayOrNone("evaluations", ItemsMax);
        var semantic = SemanticOf(input, input.ObjectOrNone("options"));
        input.IgnoreOthers();
        IReadOnlyList<JsonElement> items = list.ValueKind is JsonValueKind.Array ? [.. list.EnumerateArray()] : [];
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].ValueKind is JsonValueKind.Object) continue;
            input.Refuse($"evaluations/{i}", "wrong_type", $"'evaluations/{i}' must be an object.", "Send an object.");
        }
        return new AskDecisions(shared, items, semantic, items.Count == 0 ? One(input, shared) : null);
    }

    private static AskedAttributes One(Input input, AuthZenParts parts)
    {
        AuthZenReader.Require(parts.Subject, "subject", input.Refuse);
        AuthZenReader.Require(parts.Action, "action", input.Refuse);
        AuthZenReader.Require(parts.Resource, "resource", input.Refuse);
        return AuthZenReader.Question(parts, AuthZenParts.None, AuthZenNeeds.All, input.Refuse);
    }

    private static AuthZenSemantic SemanticOf(Input input, JsonElement options)
    {
        const string Name = "evaluations_semantic";
        var text = AuthZenReader.TextOrNull(options, "options", Name, 100, input.Refuse);
        if (text is null) return AuthZenSemantic.ExecuteAll;
        if (Wire.TryParse<AuthZenSemantic>(text, out var semantic)) return semantic;
        input.Refuse($"options/{Name}", "not_a_choice", $"'{Name}' is not one of its values.",
            $"Use one of: {string.Join(", ", Wire.Names<AuthZenSemantic>())}.");
        return AuthZenSemantic.ExecuteAll;
    }
}

/// <summary>A search: the question without what it looks for, and a page.</summary>
internal sealed record AskSearch(AskedAttributes Asked, Page Page)
{
    public static AskSearch Subjects(Input input) =>
        Bind(input, AuthZenParts.Required(input), AuthZenNeeds.Action | AuthZenNeeds.ResourceId);

    public static AskSearch Resources(Input input) =>
        Bind(input, AuthZenParts.Required(input), AuthZenNeeds.Action | AuthZenNeeds.SubjectId);

    public static AskSearch Actions(Input input) => Bind(
        input,
        new AuthZenParts(
            input.Object("subject"), default, input.Object("resource"), input.ObjectOrNone("context")),
        AuthZenNeeds.SubjectId | AuthZenNeeds.ResourceId);

    private static AskSearch Bind(Input input, AuthZenParts parts, AuthZenNeeds needs)
    {
        var page = PageOf(input, input.ObjectOrNone("page"));
        input.IgnoreOthers();
        return new AskSearch(AuthZenReader.Question(parts, AuthZenParts.None, needs, input.Refuse), page);
    }

    /// <summary>
    /// The token goes by two names, because drafts of the standard had the second. A page larger than ours is ours.
    /// </summary>
    private static Page PageOf(Input input, JsonElement page)
    {
        var token = AuthZenReader.TextOrNull(page, "page", "token", Limits.CredentialLength, input.Refuse)
            ?? AuthZenReader.TextOrNull(page, "page", "next_token", Limits.CredentialLength, input.Refuse);
        var limit = Limits.PageDefault;
        if (page.ValueKind is JsonValueKind.Object && page.TryGetProperty("limit", out var wanted)
            && wanted.ValueKind is not JsonValueKind.Null)
        {
            if (wanted.ValueKind is JsonValueKind.Number && wanted.TryGetInt64(out var number) && number >= 1)
                limit = (int)Math.Min(number, Limits.PageMax);
            else
                input.Refuse("page/limit", "out_of_range", "'page.limit' must be a whole number from 1 on.",
                    "Send a number, or leave it out.");
        }
        return new Page(limit, string.IsNullOrEmpty(token) ? null : token);
    }
}
