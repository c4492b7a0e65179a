using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Castellan.Platform;

namespace Castellan.Kernel.Http;

/// <summary>
/// OpenAPI 3.1 made from the declarations: inputs describe themselves (<see cref="Input.Describe"/>), outputs are read
/// from their serializers. Nothing is written down a second time.
/// </summary>
internal sealed class OpenApiDocument(OperationTable table, ProblemCatalogue catalogue, IEnumerable<Noun> nouns)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = Wire.Encoder };
    private readonly SortedDictionary<string, JsonNode> schemas = new(StringComparer.Ordinal);
    private string? made;

    /// <summary>The document as text with line ends, so that a change of it shows in review.</summary>
    public string Text => made ??= Make().ToJsonString(Indented) + "\n";

    private JsonObject Make()
    {
        var paths = new JsonObject();
        foreach (var route in table.All.Where(o => !o.Hosted).GroupBy(o => o.Route)
            .OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var item = new JsonObject();
            foreach (var operation in route.OrderBy(o => o.Method, StringComparer.Ordinal))
                item[operation.Method.ToLowerInvariant()] = Describe(operation);
            paths[route.Key] = item;
        }
        schemas["Problem"] = Problem();
        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject
            {
                ["title"] = "Castellan",
                ["version"] = "1",
                ["summary"] = "The control layer for apps: identity, tenants, keys, audit, events and usage.",
                ["description"] = ApiIntroduction.Markdown,
                ["license"] = new JsonObject { ["name"] = "Apache-2.0", ["identifier"] = "Apache-2.0" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["tags"] = Tags(),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] =
                    new JsonObject(schemas.Select(s => KeyValuePair.Create<string, JsonNode?>(s.Key, s.Value))),
                ["securitySchemes"] = SecuritySchemes(),
            },
        };
    }

    private JsonArray Tags()
    {
        var described = nouns.ToDictionary(noun => noun.Name, noun => noun.Description);
        var names = table.All.Where(o => !o.Hosted).Select(Tag).Distinct().Order(StringComparer.Ordinal);
        return new JsonArray([.. names.Select(name => new JsonObject
        {
            ["name"] = name, ["description"] = described.GetValueOrDefault(name, ""),
        })]);
    }

    private JsonObject Describe(Operation operation)
    {
        var fields = operation.DescribeInput();
        var described = new JsonObject
        {
            ["operationId"] = operation.Name,
            ["summary"] = operation.Summary,
            ["tags"] = new JsonArray(Tag(operation)),
            ["security"] = Security(operation),
        };
        var parameters = Parameters(operation, fields);
        if (parameters.Count > 0) described["parameters"] = parameters;
        var body = fields.Where(f => f.Place is FieldPlace.Body).ToList();
        if (body.Count > 0) described["requestBody"] = Body(body, open: operation.OfStandard);
        if (fields.FirstOrDefault(f => f.Place is FieldPlace.WholeBody) is { } whole)
            described["requestBody"] = WholeBody(whole);
        described["responses"] = Responses(operation);
        return described;
    }

    private static string Tag(Operation operation) =>
        operation.Name[..operation.Name.IndexOf('.', StringComparison.Ordinal)];

    private static JsonArray Parameters(Operation operation, IReadOnlyList<FieldDescription> fields)
    {
        var named = operation.Route.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}'));
        var known = fields.Where(f => f.Place is FieldPlace.Path).ToDictionary(f => f.Name, f => f.Schema);
        var parameters = named.Select(name => Parameter(
            name, "path", required: true, known.GetValueOrDefault(name) ?? new JsonObject { ["type"] = "string" }));
        parameters = parameters.Concat(fields.Where(f => f.Place is FieldPlace.Query)
            .Select(f => Parameter(f.Name, "query", f.Required, f.Schema)));
        if (operation.KeepsAnswers)
            parameters = parameters.Append(Header("Idempotency-Key", operation.EndsStanding
                ? "A repeat is refused, because the first call ended what it stands on."
                : "Repeats with the same key get the first answer."));
        if (operation.Method is "PATCH" or "DELETE")
            parameters = parameters.Append(Header("If-Match", "The ETag that the object must still have."));
        if (operation.HeaderNamesTenant)
        {
            parameters = parameters
                .Append(Header("Castellan-Tenant",
                    (operation.InTenantOfHeader ? "The tenant whose records are meant." : "The tenant that is meant.")
                    + " Only a key that is for one tenant may leave it out."))
                .Append(Header("Castellan-Workspace", "The workspace of it, where one is meant."));
        }
        if (operation.MayBeLent)
            parameters = parameters.Append(Header("Castellan-Run", "An agent for itself: the run that it acts in."));
        if (operation.NeedsEnvironment)
            parameters = parameters.Append(Header(
                "Castellan-Environment", "The environment that an operator means. Other credentials belong to one.",
                required: operation.Grants.All(g => g.Kind is CallerKind.Operator)));
        return new JsonArray([.. parameters]);
    }

    private static JsonObject Header(string name, string description, bool required = false)
    {
        var header = Parameter(name, "header", required, new JsonObject { ["type"] = "string" });
        header["description"] = description;
        return header;
    }

    private static JsonObject Parameter(string name, string place, bool required, JsonObject schema) => new()
    {
        ["name"] = name, ["in"] = place, ["required"] = required, ["schema"] = schema.DeepClone(),
    };

    private static JsonObject Body(List<FieldDescription> fields, bool open)
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["additionalProperties"] = open,
            ["properties"] = new JsonObject(fields.Select(f =>
                KeyValuePair.Create<string, JsonNode?>(f.Name, f.Schema.DeepClone()))),
        };
        var required = fields.Where(f => f.Required).Select(f => (JsonNode)f.Name).ToArray();
        if (required.Length > 0) schema["required"] = new JsonArray(required);
        return new JsonObject { ["required"] = required.Length > 0, ["content"] = Content("application/json", schema) };
    }

    private static JsonObject WholeBody(FieldDescription whole) => new()
    {
        ["required"] = true, ["content"] = Content("application/json", whole.Schema.DeepClone()),
    };

    private JsonObject Responses(Operation operation)
    {
        var success = new JsonObject { ["description"] = "Done." };
        if (operation.Status != 204) success["content"] = Content("application/json", Reference(operation.Output));
        var responses = new JsonObject { [$"{operation.Status}"] = success };
        foreach (var status in Problems(operation).GroupBy(p => p.Status).OrderBy(g => g.Key))
        {
            responses[$"{status.Key}"] = new JsonObject
            {
                ["description"] = string.Join(", ", status.Select(p => $"`{p.Code}`").Distinct()),
                ["content"] = Content(
                    "application/problem+json", new JsonObject { ["$ref"] = "#/components/schemas/Problem" }),
            };
        }
        return responses;
    }

    private static IEnumerable<ProblemType> Problems(Operation operation)
    {
        if (operation.DescribeInput().Count > 0)
            yield return operation.OfStandard ? GateProblems.BadRequest : GateProblems.InputInvalid;
        if (operation.Grants.All(g => g.Kind is not CallerKind.Nobody)) yield return GateProblems.CredentialRequired;
        yield return GateProblems.CredentialInvalid;
        yield return GateProblems.PermissionDenied;
        if (operation.Route.Contains('{', StringComparison.Ordinal)) yield return GateProblems.NotFound;
        if (operation.HasBody) yield return GateProblems.BodyMalformed;
        if (operation.NeedsEnvironment) yield return GateProblems.EnvironmentRequired;
        if (operation.KeepsAnswers) yield return GateProblems.IdempotencyKeyReused;
        yield return GateProblems.RateLimited;
        foreach (var problem in operation.Problems) yield return problem;
    }

    private static JsonArray Security(Operation operation) => new([.. operation.Grants.Where(g => !g.OnlyPages)
        .Select(g => g.Kind switch
        {
            CallerKind.App => "publishableKey",
            CallerKind.User => "userToken",
            CallerKind.Key => "secretKey",
            CallerKind.Agent => "agentToken",
            CallerKind.Operator => "operatorToken",
            CallerKind.Capability => "oneTimeLink",
            _ => "",
        })
        .Distinct()
        .Select(name => name.Length == 0 ? new JsonObject() : new JsonObject { [name] = new JsonArray() })]);

    private static JsonObject SecuritySchemes()
    {
        static JsonObject Bearer(string description) =>
            new() { ["type"] = "http", ["scheme"] = "bearer", ["description"] = description };
        return new JsonObject
        {
            ["publishableKey"] = new JsonObject
            {
                ["type"] = "apiKey", ["in"] = "header", ["name"] = "Castellan-Key",
                ["description"] = "The app's publishable key; no secret.",
            },
            ["userToken"] = Bearer("A user's access token."),
            ["agentToken"] = Bearer("An agent's own token."),
            ["secretKey"] = Bearer("A secret or restricted key of an app, for servers."),
            ["operatorToken"] = Bearer("An operator's token."),
            ["oneTimeLink"] = Bearer("The token of a one-time link."),
        };
    }

    private static JsonObject Content(string type, JsonNode schema) =>
        new() { [type] = new JsonObject { ["schema"] = schema } };

    private JsonObject Reference(JsonTypeInfo type)
    {
        var name = Name(type.Type);
        if (!schemas.ContainsKey(name))
        {
            schemas[name] = new JsonObject(); // stands while its own members refer to it
            var exported = type.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
            {
                TreatNullObliviousAsNonNullable = true,
                TransformSchemaNode = (context, schema) => Transform(context, schema),
            });
            // What writes itself is an object whose members a contract declares.
            schemas[name] = exported as JsonObject ?? new JsonObject { ["type"] = "object" };
        }
        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var declared = context.TypeInfo.Type;
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        var isNull = context.PropertyInfo is { } property
            ? !IsLeftOut(property) && (declared.IsValueType ? type != declared : property.IsGetNullable)
            : type != declared;
        if (context.Path.Length > 0 && context.TypeInfo.Kind is JsonTypeInfoKind.Object && IsOurs(type))
        {
            var reference = Reference(context.TypeInfo);
            return isNull
                ? new JsonObject { ["anyOf"] = new JsonArray(reference, new JsonObject { ["type"] = "null" }) }
                : reference;
        }
        if (Leaf(type) is { } leaf) return Nullability(leaf, isNull);
        if (schema is JsonObject exported) AsWritten(context.TypeInfo, exported, isNull);
        return schema;
    }

    // The exporter speaks of reading too; an answer is only written. So what is not left out is there, setters and
    // constructors count for nothing, and neither do their defaults.
    private static void AsWritten(JsonTypeInfo type, JsonObject schema, bool isNull)
    {
        schema.Remove("default");
        if (!isNull && schema["type"] is JsonArray types)
            schema["type"] = types.Select(t => t!.GetValue<string>()).Single(t => t != "null");
        if (type.Kind is not JsonTypeInfoKind.Object || !IsOurs(type.Type)) return;
        schema["required"] = new JsonArray([.. type.Properties
            .Where(p => p.Get is not null && !IsLeftOut(p)).Select(p => (JsonNode)p.Name)]);
    }

    /// <summary>True for what is absent where there is nothing to say, instead of null.</summary>
    private static bool IsLeftOut(JsonPropertyInfo property) => property.AttributeProvider?
        .GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true) is [JsonIgnoreAttribute
        { Condition: JsonIgnoreCondition.WhenWritingNull }];

    private static JsonObject? Leaf(Type type)
    {
        if (type == typeof(DateTimeOffset)) return new JsonObject { ["type"] = "string", ["format"] = "date-time" };
        if (type.IsEnum)
        {
            var names = Enum.GetNames(type).Select(name => (JsonNode)JsonNamingPolicy.SnakeCaseLower.ConvertName(name));
            return new JsonObject { ["type"] = "string", ["enum"] = new JsonArray([.. names]) };
        }
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Id<>)
            ? new JsonObject { ["type"] = "string" }
            : null;
    }

    private static JsonObject Nullability(JsonObject leaf, bool isNull)
    {
        if (!isNull) return leaf;
        leaf["type"] = new JsonArray("string", "null");
        (leaf["enum"] as JsonArray)?.Add((JsonNode?)null);
        return leaf;
    }

    private static bool IsOurs(Type type) => type.Namespace?.StartsWith("Castellan", StringComparison.Ordinal) == true;

    private static string Name(Type type) => type.IsGenericType
        ? type.GetGenericArguments()[0].Name + "List"
        : type.Name;

    private JsonObject Problem() => new()
    {
        ["type"] = "object",
        ["description"] = "Problem details (RFC 9457).",
        ["required"] = new JsonArray("type", "title", "status", "code", "fix", "retryable", "request_id"),
        ["properties"] = new JsonObject
        {
            ["type"] = Typed("string"), ["title"] = Typed("string"), ["status"] = Typed("integer"),
            ["detail"] = Typed("string"), ["fix"] = Typed("string"), ["retryable"] = Typed("boolean"),
            ["code"] = new JsonObject
            {
                ["type"] = "string", ["enum"] = new JsonArray([.. catalogue.All.Select(p => (JsonNode)p.Code)]),
            },
            ["request_id"] = Typed("string"), ["decision_id"] = Typed("string"),
            ["budget"] = new JsonObject
            {
                ["type"] = "object",
                ["description"] = "The budget that has run out, where one has. Its name, cap and what is left are "
                    + "there where the caller may read it.",
                ["required"] = new JsonArray("id", "unit", "resets_at", "raised_by"),
                ["properties"] = new JsonObject
                {
                    ["id"] = Typed("string"), ["unit"] = Typed("string"), ["raised_by"] = Typed("string"),
                    ["resets_at"] = new JsonObject
                    {
                        ["type"] = new JsonArray("string", "null"), ["format"] = "date-time",
                    },
                    ["name"] = Typed("string"), ["cap"] = Typed("integer"), ["left"] = Typed("integer"),
                },
            },
            ["errors"] = new JsonObject
            {
                ["type"] = "array",
                ["items"] = new JsonObject
                {
                    ["type"] = "object",
                    ["required"] = new JsonArray("pointer", "code", "detail", "fix"),
                    ["properties"] = new JsonObject
                    {
                        ["pointer"] = Typed("string"), ["code"] = Typed("string"), ["detail"] = Typed("string"),
                        ["fix"] = Typed("string"),
                    },
                },
            },
        },
    };

    private static JsonObject Typed(string type) => new() { ["type"] = type };
}
