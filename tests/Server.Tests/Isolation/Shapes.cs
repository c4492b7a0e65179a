using System.Text;
using System.Text.Json.Nodes;
using Castellan.Kernel;
using Castellan.Platform;

namespace Castellan.Tests.Isolation;

/// <summary>One way of spoiling a request, and the codes that it may be refused with.</summary>
internal sealed record Spoiled(string What, Asked Asked, string Code)
{
    /// <summary>The field or parameter that the problem must point at.</summary>
    public string? Pointer { get; init; }
}

/// <summary>Every way of spoiling the form of a good request, made from what its operation describes.</summary>
internal static class Shapes
{
    private const string Malformed = "body_malformed";

    public static IEnumerable<Spoiled> Of(Asked good)
    {
        var fields = good.Operation.DescribeInput();
        var spoiled = Keys(good).Concat(fields.Where(f => f.Place is FieldPlace.Query).SelectMany(f => Query(good, f)));
        if (!good.Operation.Hosted)
            spoiled = spoiled.Append(new("an unknown parameter", good with { Query = "nonsense=1" }, Invalid(good)));
        if (!good.Operation.HasBody) return spoiled;
        var body = fields.Where(f => f.Place is FieldPlace.Body).ToList();
        spoiled = spoiled.Concat(body.SelectMany(f => Field(good, f)))
            .Concat(Unknown(good));
        if (body.Exists(f => f.Required))
            spoiled = spoiled.Append(new("everything missing", good with { Body = [] }, Invalid(good)));
        return good.Operation.Hosted ? spoiled : spoiled.Concat(Bodies(good));
    }

    /// <summary>How the operation says that its input is wrong.</summary>
    private static string Invalid(Asked good) => good.Operation.OfStandard ? "bad_request" : "input_invalid";

    /// <summary>A standard leaves room for what comes later.</summary>
    private static IEnumerable<Spoiled> Unknown(Asked good)
    {
        if (good.Operation.OfStandard) yield break;
        yield return new("an unknown field", good.WithField("nonsense/~", 1), Invalid(good))
        {
            Pointer = "/nonsense~1~0",
        };
    }

    /// <summary>The field's JSON type; one that may be null as well has two.</summary>
    public static string Kind(this FieldDescription field) =>
        (field.Schema["type"] is JsonArray types ? types[0]! : field.Schema["type"]!).ToString();

    private static IEnumerable<Spoiled> Keys(Asked good)
    {
        yield return new(
            "a long idempotency key", good.WithHeader("Idempotency-Key", new string('k', 256)), Invalid(good));
        if (good.Operation.Method is "PATCH" or "DELETE")
            yield return new("a stale version", good.WithHeader("If-Match", "\"999999\""), "version_conflict");
    }

    private static IEnumerable<Spoiled> Query(Asked good, FieldDescription field)
    {
        string[] values = field.Schema switch
        {
            var s when s["enum"] is not null => ["no_such_choice", "0"],
            var s when s["pattern"] is not null => ["x", "evt_01h455vb4pex5vsknk084sn02q"],
            var s when s["format"] is not null => ["yesterday", "2030-01-01", "2030-13-01T00:00:00Z"],
            _ when field.Kind() == "integer" => ["-1", "x", "1.5", "99999999999999999999"],
            var s when s["maxLength"] is { } max => [new string('x', max.GetValue<int>() + 1), "%00"],
            _ => ["garbage", "%00", "%F0%9F%98%80"],
        };
        return values.Select(value => new Spoiled(
            $"{field.Name}={value}", good with { Query = $"{field.Name}={value}" }, Invalid(good))
        { Pointer = field.Name });
    }

    private static IEnumerable<Spoiled> Field(Asked good, FieldDescription field)
    {
        var wrong = Wrong(good, field).ToList();
        if (field.Required) wrong.Add(null);
        var spoiled = wrong.Select(value => new Spoiled(
            $"{field.Name}: {value?.ToJsonString() ?? "null"}", good.WithField(field.Name, value), Invalid(good))
        {
            Pointer = "/" + field.Name,
        });
        return field.Required
            ? spoiled.Append(
                new($"no {field.Name}", good.Without(field.Name), Invalid(good)) { Pointer = "/" + field.Name })
            : spoiled;
    }

    private static IEnumerable<JsonNode?> Wrong(Asked good, FieldDescription field)
    {
        var (schema, kind) = (field.Schema, field.Kind());
        yield return kind == "integer" ? -7 : 7;
        // An object that a standard lets hold anything may hold this.
        if (kind != "object" || field.Required || !good.Operation.OfStandard) yield return new JsonObject { ["a"] = 1 };
        if (kind != "array") yield return new JsonArray("x");
        if (kind != "boolean") yield return true;
        if (kind != "string") yield return "yes";
        if (kind == "array")
        {
            yield return new JsonArray(7);
            yield return new JsonArray(new JsonArray("x"));
            yield return new JsonArray("");
        }
        else if (schema["enum"] is not null)
        {
            yield return "no_such_choice";
            yield return "0";
        }
        else if (schema["maxLength"] is { } max)
        {
            yield return new string('x', max.GetValue<int>() + 1);
        }
        else if (schema["pattern"] is not null || schema["format"] is not null)
        {
            yield return "x";
        }
    }

    private static IEnumerable<Spoiled> Bodies(Asked good)
    {
        foreach (var (what, text) in NotIJson())
            yield return new(what, good with { Raw = Encoding.Latin1.GetBytes(text) }, Malformed);
        foreach (var text in new[] { "[]", "\"x\"", "7", "true", "null" })
            yield return new($"the body {text}", good with { Raw = Encoding.UTF8.GetBytes(text) }, Invalid(good));
        var large = new byte[good.Operation.BodyBytes + 1];
        large.AsSpan().Fill((byte)' ');
        yield return new("a large body", good with { Raw = large }, "body_too_large");
        foreach (var type in new[] { "text/plain", "application/x-www-form-urlencoded", "application/jsonx" })
            yield return new(type, good with { ContentType = type }, ContentType(good));
    }

    private static string ContentType(Asked good) =>
        good.Operation.OfStandard ? Invalid(good) : "content_type_refused";

    /// <summary>In Latin-1, so that bytes which are no UTF-8 can be written down.</summary>
    private static IEnumerable<(string What, string Text)> NotIJson()
    {
        const int Depth = Limits.JsonDepth + 1;
        yield return ("nesting", "{\"a\": " + new string('[', Depth) + new string(']', Depth) + "}");
        yield return ("a broken string", "{\"a\": \"\u00ff\u00fe\"}");
        yield return ("an overlong encoding", "{\"a\": \"\u00c0\u00af\"}");
        yield return ("an encoded surrogate", "{\"a\": \"\u00ed\u00a0\u0080\"}");
        yield return ("a repeated member", """{"a": 1, "a": 1}""");
        yield return ("a repeated member, escaped", """{"a": 1, "\u0061": 1}""");
        yield return ("a lone surrogate", """{"a": "\ud800"}""");
        yield return ("a lone surrogate in a name", """{"\udc00": 1}""");
        yield return ("a NUL", """{"a": "\u0000"}""");
        yield return ("a NUL in a name", """{"a\u0000": 1}""");
        yield return ("an endless number", """{"a": 1e999}""");
        yield return ("an inexact number", """{"a": 9007199254740993}""");
        yield return ("a trailing comma", """{"a": 1,}""");
        yield return ("half a document", """{"a": """);
        yield return ("two documents", "{}{}");
        yield return ("a comment", "{} // x");
        yield return ("a byte order mark alone", "\u00ef\u00bb\u00bf");
    }
}
