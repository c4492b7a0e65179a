using System.Text.Json;
using Castellan.Access.Granting;
using Castellan.Kernel;

namespace Castellan.Access.AuthZen;

/// <summary>Says what is wrong at a place of the body, without its first slash.</summary>
internal delegate void Complaint(string at, string code, string detail, string fix);

/// <summary>
/// Reads the entities of the standard (Authorization API 1.0, Information Model). What it does not know it ignores.
/// </summary>
internal static class AuthZenReader
{
    private const int TypeMax = 255;
    private const int IdMax = 2_048;
    private const int NameMax = 255;

    /// <summary>An object without members.</summary>
    public static JsonElement Empty { get; } = JsonDocument.Parse("{}").RootElement.Clone();

    /// <summary>
    /// A question whose parts stand in <paramref name="own"/>, or else in <paramref name="standard"/>: a part of its
    /// own replaces the standard one as a whole, but for a type, id or name that it leaves out.
    /// </summary>
    public static AskedAttributes Question(
        AuthZenParts own, AuthZenParts standard, AuthZenNeeds needs, Complaint complain)
    {
        var action = Part(own.Action, standard.Action);
        return new AskedAttributes(
            Entity(own.Subject, standard.Subject, "subject", needs.HasFlag(AuthZenNeeds.SubjectId), complain),
            needs.HasFlag(AuthZenNeeds.Action) && action.ValueKind is JsonValueKind.Object
                ? Text(action, standard.Action, "action", "name", NameMax, complain)
                : "",
            Properties(action, "action", complain),
            Entity(own.Resource, standard.Resource, "resource", needs.HasFlag(AuthZenNeeds.ResourceId), complain),
            Part(own.Context, standard.Context) is { ValueKind: JsonValueKind.Object } context ? context : Empty);
    }

    /// <summary>One of several questions, whose parts may all be left out.</summary>
    public static AskedAttributes QuestionOf(JsonElement item, AuthZenParts standard, Complaint complain)
    {
        var own = new AuthZenParts(
            Member(item, "subject", complain), Member(item, "action", complain), Member(item, "resource", complain),
            Member(item, "context", complain));
        Require(Part(own.Subject, standard.Subject), "subject", complain);
        Require(Part(own.Action, standard.Action), "action", complain);
        Require(Part(own.Resource, standard.Resource), "resource", complain);
        return Question(own, standard, AuthZenNeeds.All, complain);
    }

    /// <summary>A text that is a member of an object; null where it is left out.</summary>
    public static string? TextOrNull(JsonElement element, string at, string name, int max, Complaint complain)
    {
        if (element.ValueKind is not JsonValueKind.Object || !element.TryGetProperty(name, out var value)
            || value.ValueKind is JsonValueKind.Null)
        {
            return null;
        }
        if (value.ValueKind is not JsonValueKind.String)
        {
            complain($"{at}/{name}", "wrong_type", $"'{at}.{name}' must be a string.", "Send text in quotes.");
            return null;
        }
        var text = value.GetString()!;
        if (text.Length <= max) return text;
        complain($"{at}/{name}", "out_of_range", $"'{at}.{name}' has more than {max} characters.", "Shorten it.");
        return null;
    }

    public static void Require(JsonElement part, string name, Complaint complain)
    {
        if (part.ValueKind is JsonValueKind.Undefined)
            complain(name, "required", $"'{name}' is missing.", $"Send '{name}' as an object.");
    }

    private static JsonElement Part(JsonElement own, JsonElement standard) =>
        own.ValueKind is JsonValueKind.Undefined ? standard : own;

    private static JsonElement Member(JsonElement item, string name, Complaint complain)
    {
        if (!item.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null) return default;
        if (value.ValueKind is JsonValueKind.Object) return value;
        complain(name, "wrong_type", $"'{name}' must be an object.", "Send an object, or leave it out.");
        return default;
    }

    private static AskedEntity Entity(
        JsonElement own, JsonElement standard, string at, bool needsId, Complaint complain)
    {
        var part = Part(own, standard);
        // That it is missing has been said.
        if (part.ValueKind is not JsonValueKind.Object) return new AskedEntity("", "", Empty);
        return new AskedEntity(
            Text(part, standard, at, "type", TypeMax, complain),
            needsId ? Text(part, standard, at, "id", IdMax, complain) : "",
            Properties(part, at, complain));
    }

    private static string Text(
        JsonElement own, JsonElement standard, string at, string name, int max, Complaint complain)
    {
        var said = own.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null;
        if (!said && (standard.ValueKind is not JsonValueKind.Object || !standard.TryGetProperty(name, out _)))
        {
            complain($"{at}/{name}", "required", $"'{at}.{name}' is missing.", $"Send '{name}' as a string.");
            return "";
        }
        var from = said ? own : standard;
        var wrong = false;
        var text = TextOrNull(from, at, name, max, (place, code, detail, fix) =>
        {
            wrong = true;
            complain(place, code, detail, fix);
        });
        if (wrong || text is { Length: > 0 }) return text ?? "";
        complain($"{at}/{name}", "out_of_range", $"'{at}.{name}' is empty.", "Fill it in.");
        return "";
    }

    private static JsonElement Properties(JsonElement part, string at, Complaint complain)
    {
        if (part.ValueKind is not JsonValueKind.Object || !part.TryGetProperty("properties", out var properties)
            || properties.ValueKind is JsonValueKind.Null)
        {
            return Empty;
        }
        if (properties.ValueKind is JsonValueKind.Object) return properties;
        complain($"{at}/properties", "wrong_type", $"'{at}.properties' must be an object.",
            "Send an object, or leave it out.");
        return Empty;
    }
}

/// <summary>The parts of a question as they were sent; undefined where they were not.</summary>
internal sealed record AuthZenParts(
    JsonElement Subject, JsonElement Action, JsonElement Resource, JsonElement Context)
{
    public static AuthZenParts None { get; } = new(default, default, default, default);

    /// <summary>All but the context must be there.</summary>
    public static AuthZenParts Required(Input input) => new(
        input.Object("subject"), input.Object("action"), input.Object("resource"), input.ObjectOrNone("context"));
}

/// <summary>What a question cannot do without. A search leaves out what it looks for.</summary>
[Flags]
internal enum AuthZenNeeds
{
    None = 0,
    SubjectId = 1,
    Action = 2,
    ResourceId = 4,
    All = SubjectId | Action | ResourceId,
}
