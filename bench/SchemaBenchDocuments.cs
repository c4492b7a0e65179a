using System.Text.Json.Nodes;

namespace Castellan.Bench;

/// <summary>Records as apps write them, in keywords that both validators read alike.</summary>
internal static class SchemaBenchDocuments
{
    private const string Invoice = """
        {
          "type": "object",
          "additionalProperties": false,
          "required": ["number", "customer", "currency", "issued_on", "status", "lines"],
          "properties": {
            "number": { "type": "string", "pattern": "^INV-[0-9]{6}$" },
            "customer": {
              "type": "object",
              "additionalProperties": false,
              "required": ["name"],
              "properties": {
                "name": { "type": "string", "minLength": 1, "maxLength": 200 },
                "city": { "type": "string", "maxLength": 100 },
                "country": { "type": "string", "minLength": 2, "maxLength": 2 }
              }
            },
            "currency": { "type": "string", "enum": ["CHF", "EUR", "GBP", "USD"] },
            "issued_on": { "type": "string", "minLength": 10, "maxLength": 10 },
            "status": { "type": "string", "enum": ["draft", "sent", "paid", "void"] },
            "paid": { "type": "boolean" },
            "note": { "type": ["string", "null"], "maxLength": 2000 },
            "discount": { "type": "number", "minimum": 0, "maximum": 100 },
            "tags": {
              "type": "array", "maxItems": 20, "uniqueItems": true, "items": { "type": "string", "maxLength": 40 }
            },
            "lines": {
              "type": "array",
              "minItems": 1,
              "maxItems": 500,
              "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["text", "quantity", "price"],
                "properties": {
                  "text": { "type": "string", "minLength": 1, "maxLength": 200 },
                  "quantity": { "type": "integer", "minimum": 1, "maximum": 100000 },
                  "price": { "type": "number", "minimum": 0 },
                  "tax": { "anyOf": [{ "type": "null" }, { "type": "number", "minimum": 0, "maximum": 1 }] }
                }
              }
            }
          }
        }
        """;

    private const string Task = """
        {
          "type": "object",
          "required": ["title"],
          "properties": {
            "title": { "type": "string", "minLength": 1, "maxLength": 200 },
            "done": { "type": "boolean" },
            "priority": { "type": "integer", "minimum": 1, "maximum": 5 },
            "due": { "type": ["string", "null"], "maxLength": 30 }
          },
          "additionalProperties": false
        }
        """;

    public static IEnumerable<(string Name, string Schema, string Document)> All =>
    [
        ("task", Task, """{"title":"Water the plants","done":false,"priority":2,"due":null}"""),
        ("task, wrong in three places", Task, """{"title":"","done":"no","priority":2,"dew":null}"""),
        ("invoice of 3 lines", Invoice, Text(3)),
        ("invoice of 200 lines", Invoice, Text(200)),
    ];

    private static string Text(int lines) => new JsonObject
    {
        ["number"] = "INV-004711",
        ["customer"] = new JsonObject { ["name"] = "Zoë Müller", ["city"] = "Zürich", ["country"] = "CH" },
        ["currency"] = "CHF",
        ["issued_on"] = "2026-01-31",
        ["status"] = "sent",
        ["paid"] = false,
        ["note"] = null,
        ["discount"] = 2.5,
        ["tags"] = new JsonArray("retail", "spring", "newsletter"),
        ["lines"] = new JsonArray([.. Enumerable.Range(1, lines).Select(line => new JsonObject
        {
            ["text"] = $"Article number {line}",
            ["quantity"] = line,
            ["price"] = 19.95m + line,
            ["tax"] = line % 3 == 0 ? null : 0.077m,
        })]),
    }.ToJsonString();
}
