using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Castellan.Platform;
using Castellan.Platform.Json;

namespace Castellan.Kernel;

/// <summary>
/// Binds a request to an operation's typed input. One function per input type names its fields with their bounds; run
/// over a request it reads, checks and collects every problem at once; run over nothing it describes the fields, which
/// is how OpenAPI is made. Fields that no call names are problems too.
/// </summary>
internal sealed partial class Input
{
    private readonly IRequestValues? values;
    private readonly JsonElement body;
    private readonly HashSet<string> taken = [];
    private readonly HashSet<string> sent = [];
    private readonly List<FieldProblem> problems = [];
    private readonly List<FieldDescription> descriptions = [];
    private bool takesAll;

    private Input(IRequestValues? values, JsonElement body, EmailRules emails) =>
        (this.values, this.body, Emails) = (values, body, emails);

    /// <summary>What counts as an address on this server.</summary>
    public EmailRules Emails { get; }

    private bool Describing => values is null;

    /// <summary>Reads; the problems are empty exactly when the value is good.</summary>
    public static (T Value, IReadOnlyList<FieldProblem> Problems) Read<T>(
        IRequestValues values, JsonElement body, EmailRules emails, Func<Input, T> read)
    {
        var input = new Input(values, body, emails);
        var value = read(input);
        input.RefuseUnknown();
        return (value, input.problems);
    }

    /// <summary>The fields that <paramref name="read"/> names.</summary>
    public static IReadOnlyList<FieldDescription> Describe<T>(Func<Input, T> read)
    {
        var input = new Input(null, default, new EmailRules(Localhost: false));
        read(input);
        return input.descriptions;
    }

    /// <summary>An id in the path. One that is no id of its kind is an absent object, not bad input.</summary>
    public Id<TKind> Path<TKind>(string name)
        where TKind : IIdKind
    {
        if (Describing) Describe(name, FieldPlace.Path, required: true, Text("string", Pattern<TKind>()));
        if (Describing) return default;
        return Id<TKind>.TryParse(values!.Path(name), out var id) ? id : throw new Refusal(GateProblems.NotFound);
    }

    /// <summary>A word of a closed set in the path. Another word is an absent object.</summary>
    public string PathWord(string name)
    {
        if (Describing) Describe(name, FieldPlace.Path, required: true, Text("string", null));
        return Describing ? "" : values!.Path(name)!;
    }

    public Page Page()
    {
        var limit = PageLimit();
        if (Describing) Describe("cursor", FieldPlace.Query, required: false, Text("string", null));
        return new Page(limit, Describing ? null : Parameter("cursor"));
    }

    /// <summary>A page that the body asks for, where a query is too long for an address.</summary>
    public Page BodyPage()
    {
        var limit = IntOrNull("limit", 1, Limits.PageMax, Limits.PageDefault);
        return new Page(limit ?? Limits.PageDefault, TextOrNull("cursor", Limits.CredentialLength));
    }

    /// <summary>How many entries a page has.</summary>
    public int PageLimit()
    {
        if (Describing)
            Describe("limit", FieldPlace.Query, required: false, Range(1, Limits.PageMax, Limits.PageDefault));
        if (Describing || Parameter("limit") is not { } text) return Limits.PageDefault;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            && limit is >= 1 and <= Limits.PageMax)
        {
            return limit;
        }
        Add("limit", "out_of_range", $"'limit' must be a whole number from 1 to {Limits.PageMax}.",
            "Send a smaller page.");
        return Limits.PageDefault;
    }

    public string? QueryText(string name, int max = 200)
    {
        if (Describing)
        {
            Describe(name, FieldPlace.Query, required: false,
                new JsonObject { ["type"] = "string", ["maxLength"] = max });
        }
        if (Describing || Parameter(name) is not { } text) return null;
        if (text.Length <= max && !text.Contains('\0', StringComparison.Ordinal)) return text;
        Add(name, "too_long", $"'{name}' has more than {max} characters or holds a NUL.", "Shorten it.");
        return null;
    }

    public Id<TKind>? QueryId<TKind>(string name)
        where TKind : IIdKind
    {
        if (Describing) Describe(name, FieldPlace.Query, required: false, Text("string", Pattern<TKind>()));
        if (Describing || Parameter(name) is not { } text) return null;
        if (Id<TKind>.TryParse(text, out var id)) return id;
        Add(name, "not_an_id", $"'{name}' is not an id.", $"Send an id that begins with '{TKind.Prefix}_'.");
        return null;
    }

    public T? QueryChoice<T>(string name)
        where T : struct, Enum
    {
        if (Describing) Describe(name, FieldPlace.Query, required: false, Choice<T>());
        if (Describing || Parameter(name) is not { } text) return null;
        if (Wire.TryParse<T>(text, out var value)) return value;
        Add(name, "not_a_choice", $"'{name}' is not one of its values.",
            $"Use one of: {string.Join(", ", Wire.Names<T>())}.");
        return null;
    }

    public DateTimeOffset? QueryTime(string name)
    {
        if (Describing) Describe(name, FieldPlace.Query, required: false, Text("string", null, "date-time"));
        if (Describing || Parameter(name) is not { } text) return null;
        if (Rfc3339.TryParse(text, out var time)) return time;
        Add(name, "not_a_time", $"'{name}' is not an RFC 3339 time.", "Send a time such as 2026-01-31T09:30:00Z.");
        return null;
    }

    /// <summary>
    /// A position, from 0. It travels as text, because not every JSON program reads 64-bit integers alike.
    /// </summary>
    public long? QueryInt64(string name)
    {
        if (Describing) Describe(name, FieldPlace.Query, required: false, Text("string", "^[0-9]{1,19}$"));
        if (Describing || Parameter(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return value;
        Add(name, "not_a_number", $"'{name}' is not a whole number.", "Send digits only.");
        return null;
    }

    /// <summary>
    /// Text with bounds in characters (UTF-16 units), without leading or trailing white space or control characters.
    /// </summary>
    public string Text(string name, int max, int min = 1)
    {
        if (Describing) Describe(name, FieldPlace.Body, required: true, Text(min, max));
        return Describing ? "" : Required(name, JsonValueKind.String, "a string") is { } element
            ? CheckedText(name, element, min, max) ?? "" : "";
    }

    public string? TextOrNull(string name, int max)
    {
        if (Describing) Describe(name, FieldPlace.Body, required: false, OrNull(Text(0, max)));
        if (Describing || Optional(name, JsonValueKind.String, "a string") is not { } element) return null;
        var text = CheckedText(name, element, 0, max);
        return text is "" ? null : text;
    }

    /// <summary>
    /// Text that is taken as it is, with its white space: passwords and tokens. Never part of a problem's detail.
    /// </summary>
    public string Secret(string name, int max)
    {
        if (Describing) Describe(name, FieldPlace.Body, required: true, Text(1, max));
        if (Describing || Required(name, JsonValueKind.String, "a string") is not { } element) return "";
        var text = element.GetString()!;
        if (text.Length is > 0 && text.Length <= max) return text;
        AddBody(name, "out_of_range", $"'{name}' must have 1 to {max} characters.", "Check what is sent.");
        return "";
    }

    public string? UrlOrNull(string name)
    {
        if (Describing) Describe(name, FieldPlace.Body, required: false, OrNull(Text("string", null, "uri")));
        if (Describing || Optional(name, JsonValueKind.String, "a string") is not { } element) return null;
        var text = element.GetString()!;
        var isUrl = text.Length <= 2000 && !text.Any(c => c <= ' ' || char.IsWhiteSpace(c))
            && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri.Scheme is "https" or "http";
        if (isUrl) return text;
        AddBody(name, "not_a_url", $"'{name}' is not an absolute http or https URL.",
            "Send the whole URL, with its scheme.");
        return null;
    }

    public T Choice<T>(string name)
        where T : struct, Enum
    {
        if (Describing) Describe(name, FieldPlace.Body, required: true, Choice<T>());
        return Describing ? default : Required(name, JsonValueKind.String, "a string") is { } element
            ? Chosen<T>(name, element) ?? default : default;
    }

    public T? ChoiceOrNull<T>(string name)
        where T : struct, Enum
    {
        if (Describing) Describe(name, FieldPlace.Body, required: false, OrNull(Choice<T>()));
        return !Describing && Optional(name, JsonValueKind.String, "a string") is { } element
            ? Chosen<T>(name, element) : null;
    }

    public bool? BoolOrNull(string name)
    {
        if (Describing)
            Describe(name, FieldPlace.Body, required: false, OrNull(new JsonObject { ["type"] = "boolean" }));
        if (Describing || !TryTake(name, out var element) || element.ValueKind is JsonValueKind.Null) return null;
        if (element.ValueKind is JsonValueKind.True or JsonValueKind.False) return element.GetBoolean();
        AddBody(name, "wrong_type", $"'{name}' must be true or false.", "Send a boolean without quotes.");
        return null;
    }

    public DateTimeOffset? TimeOrNull(string name)
    {
        if (Describing) Describe(name, FieldPlace.Body, required: false, OrNull(Text("string", null, "date-time")));
        if (Describing || Optional(name, JsonValueKind.String, "a string") is not { } element) return null;
        if (Rfc3339.TryParse(element.GetString()!, out var time)) return time;
        AddBody(name, "not_a_time", $"'{name}' is not an RFC 3339 time.", "Send a time such as 2026-01-31T09:30:00Z.");
        return null;
    }

    public Id<TKind> Reference<TKind>(string name)
        where TKind : IIdKind
    {
        if (Describing) Describe(name, FieldPlace.Body, required: true, Text("string", Pattern<TKind>()));
        return Describing ? default : Required(name, JsonValueKind.String, "a string") is { } element
            ? Referenced<TKind>(name, element) ?? default : default;
    }

    public Id<TKind>? ReferenceOrNull<TKind>(string name)
        where TKind : IIdKind
    {
        if (Describing) Describe(name, FieldPlace.Body, required: false, OrNull(Text("string", Pattern<TKind>())));
        return !Describing && Optional(name, JsonValueKind.String, "a string") is { } element
            ? Referenced<TKind>(name, element) : null;
    }

    /// <summary>A list of distinct strings, or null where it was not sent.</summary>
    public IReadOnlyList<string>? TextsOrNull(string name, int maxItems, int max)
    {
        if (Describing) Describe(name, FieldPlace.Body, required: false, OrNull(new JsonObject
        {
            ["type"] = "array", ["items"] = Text(1, max), ["maxItems"] = maxItems,
        }));
        if (Describing || Optional(name, JsonValueKind.Array, "a list") is not { } list) return null;
        var texts = new List<string>();
        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            var at = $"{name}/{index++}";
            if (index > maxItems)
            {
                AddBody(name, "too_many", $"'{name}' has more than {maxItems} entries.", "Send fewer.");
                break;
            }
            if (item.ValueKind is not JsonValueKind.String)
                AddBody(at, "wrong_type", $"'{at}' must be a string.", "Send text in quotes.");
            else if (CheckedText(at, item, 1, max) is { } text && !texts.Contains(text))
                texts.Add(text);
        }
        return texts;
    }

    /// <summary>A JSON object of any shape, which the operation itself reads further.</summary>
    public JsonElement Object(string name)
    {
        if (Describing) Describe(name, FieldPlace.Body, required: true, new JsonObject { ["type"] = "object" });
        return Describing ? default : Required(name, JsonValueKind.Object, "an object")?.Clone() ?? default;
    }

    /// <summary>As <see cref="Object"/>, and undefined where it was not sent.</summary>
    public JsonElement ObjectOrNone(string name)
    {
        if (Describing)
            Describe(name, FieldPlace.Body, required: false, OrNull(new JsonObject { ["type"] = "object" }));
        return Describing ? default : Optional(name, JsonValueKind.Object, "an object")?.Clone() ?? default;
    }

    /// <summary>A list of values of any shape, and undefined where it was not sent.</summary>
    public JsonElement ArrayOrNone(string name, int maxItems)
    {
        if (Describing) Describe(name, FieldPlace.Body, required: false, OrNull(new JsonObject
        {
            ["type"] = "array", ["maxItems"] = maxItems,
        }));
        if (Describing || Optional(name, JsonValueKind.Array, "a list") is not { } list) return default;
        if (list.GetArrayLength() <= maxItems) return list.Clone();
        AddBody(name, "too_many", $"'{name}' has more than {maxItems} entries.", "Send fewer, in several calls.");
        return default;
    }

    /// <summary>The whole body, an object whose fields a contract declares.</summary>
    public JsonElement WholeBody()
    {
        if (Describing) Describe("", FieldPlace.WholeBody, required: true, new JsonObject { ["type"] = "object" });
        if (Describing) return default;
        takesAll = true;
        if (body.ValueKind is JsonValueKind.Object) return body.Clone();
        if (body.ValueKind is JsonValueKind.Undefined)
            Add("", "required", "The body is missing.", "Send a JSON object.");
        return default;
    }

    /// <summary>Members that no call names are no problems: a standard leaves room for what comes later.</summary>
    public void IgnoreOthers() => takesAll = true;

    /// <summary>True where the body names the field, also as null: a patch tells leaving from clearing by it.</summary>
    public bool Has(string name) => sent.Contains(name);

    /// <summary>True where the body has a value for the field, good or not.</summary>
    public bool HasValue(string name) => Has(name) && body.GetProperty(name).ValueKind is not JsonValueKind.Null;

    /// <summary>Adds a problem that only the operation can see, such as an end before a start.</summary>
    public void Refuse(string name, string code, string detail, string fix)
    {
        if (!Describing) AddBody(name, code, detail, fix);
    }

    /// <summary>As <see cref="Refuse"/>, of a parameter.</summary>
    public void RefuseParameter(string name, string code, string detail, string fix)
    {
        if (!Describing) Add(name, code, detail, fix);
    }

    /// <summary>What turns the direction of text (Unicode UAX 9 section 2) and so misleads who reads it.</summary>
    private static bool IsDirection(char c) => c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    private string? CheckedText(string name, JsonElement element, int min, int max)
    {
        var text = element.GetString()!.Trim();
        if (text.Length < min || text.Length > max)
        {
            AddBody(name, "out_of_range", $"'{name}' must have {min} to {max} characters and has {text.Length}.",
                text.Length > max ? "Shorten it." : "Fill it in.");
            return null;
        }
        if (!text.Any(c => char.IsControl(c) || IsDirection(c))) return text;
        AddBody(name, "control_character", $"'{name}' holds a control character.", "Remove it.");
        return null;
    }

    private T? Chosen<T>(string name, JsonElement element)
        where T : struct, Enum
    {
        if (Wire.TryParse<T>(element.GetString(), out var value)) return value;
        AddBody(name, "not_a_choice", $"'{name}' is not one of its values.",
            $"Use one of: {string.Join(", ", Wire.Names<T>())}.");
        return null;
    }

    private Id<TKind>? Referenced<TKind>(string name, JsonElement element)
        where TKind : IIdKind
    {
        if (Id<TKind>.TryParse(element.GetString(), out var id)) return id;
        AddBody(name, "not_an_id", $"'{name}' is not an id of its kind.",
            $"Send an id that begins with '{TKind.Prefix}_'.");
        return null;
    }

    private JsonElement? Required(string name, JsonValueKind kind, string kindInWords)
    {
        if (TryTake(name, out var element) && element.ValueKind is not JsonValueKind.Null)
            return OfKind(name, element, kind, kindInWords);
        AddBody(name, "required", $"'{name}' is missing.", $"Send '{name}' as {kindInWords}.");
        return null;
    }

    private JsonElement? Optional(string name, JsonValueKind kind, string kindInWords) =>
        TryTake(name, out var element) && element.ValueKind is not JsonValueKind.Null
            ? OfKind(name, element, kind, kindInWords)
            : null;

    private JsonElement? OfKind(string name, JsonElement element, JsonValueKind kind, string kindInWords)
    {
        if (element.ValueKind == kind) return element;
        AddBody(name, "wrong_type", $"'{name}' must be {kindInWords}.",
            $"Send {kindInWords}, or leave it out where it may be.");
        return null;
    }

    private bool TryTake(string name, out JsonElement element)
    {
        taken.Add(name);
        element = default;
        if (body.ValueKind is not JsonValueKind.Object || !body.TryGetProperty(name, out element)) return false;
        sent.Add(name);
        return true;
    }

    private string? Parameter(string name)
    {
        taken.Add("?" + name);
        return values!.Query(name);
    }

    private void RefuseUnknown()
    {
        foreach (var name in values!.QueryNames)
        {
            if (!taken.Contains("?" + name))
                Add(name, "unknown_parameter", $"'{name}' is no parameter of this operation.", "Leave it out.");
        }
        if (body.ValueKind is JsonValueKind.Undefined) return;
        if (body.ValueKind is not JsonValueKind.Object)
        {
            Add("", "wrong_type", "The body must be a JSON object.", "Send an object.");
            return;
        }
        if (takesAll) return;
        foreach (var member in body.EnumerateObject())
        {
            if (!taken.Contains(member.Name))
                AddBody(Pointer.Escape(member.Name), "unknown_field",
                    $"'{member.Name}' is no field of this operation.", "Leave it out, or check its spelling.");
        }
    }

    private void AddBody(string name, string code, string detail, string fix) => Add("/" + name, code, detail, fix);

    private void Add(string pointer, string code, string detail, string fix)
    {
        if (problems.Count < Limits.ProblemsPerBody) problems.Add(new FieldProblem(pointer, code, detail, fix));
    }

    private void Describe(string name, FieldPlace place, bool required, JsonObject schema) =>
        descriptions.Add(new FieldDescription(name, place, required, schema));

    private static JsonObject Text(int min, int max) =>
        new() { ["type"] = "string", ["minLength"] = min, ["maxLength"] = max };

    private static JsonObject Text(string type, string? pattern, string? format = null)
    {
        var schema = new JsonObject { ["type"] = type };
        if (pattern is not null) schema["pattern"] = pattern;
        if (format is not null) schema["format"] = format;
        return schema;
    }

    /// <summary>As <see cref="Id{TKind}.TryParse"/> reads it.</summary>
    private static string Pattern<TKind>()
        where TKind : IIdKind => $"^{TKind.Prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$";

    /// <summary>A field that may be left out may also be sent as null.</summary>
    private static JsonObject OrNull(JsonObject schema)
    {
        schema["type"] = new JsonArray(schema["type"]!.GetValue<string>(), "null");
        (schema["enum"] as JsonArray)?.Add((JsonNode?)null);
        return schema;
    }

    private static JsonObject Choice<T>()
        where T : struct, Enum =>
        new() { ["type"] = "string", ["enum"] = new JsonArray([.. Wire.Names<T>().Select(n => JsonValue.Create(n))]) };
}

internal enum FieldPlace
{
    Path,
    Query,
    Body,

    /// <summary>The body as a whole; its fields are the contract's to name.</summary>
    WholeBody,
}

/// <summary>One field of an input as OpenAPI shows it.</summary>
internal sealed record FieldDescription(string Name, FieldPlace Place, bool Required, JsonObject Schema);

/// <summary>A list request: how many, and where the last page ended.</summary>
internal sealed record Page(int Limit, string? Cursor);

/// <summary>An operation without any input.</summary>
internal sealed record NoInput
{
    public static NoInput Bind(Input input) => new();
}
