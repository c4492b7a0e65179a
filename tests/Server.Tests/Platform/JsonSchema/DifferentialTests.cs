using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Platform.JsonSchema;
using Castellan.Tests.Judges;

namespace Castellan.Tests.Platform.JsonSchema;

/// <summary>Random schemas and instances, beside two implementations of others.</summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const int Schemas = 600;
    private const int InstancesEach = 8;

    [Fact]
    public async Task Others_say_the_same_of_random_instances()
    {
        var seed = SeededNumbers.Seed(output);
        var random = new RandomSchemas(new SeededNumbers(seed));
        var cases = Enumerable.Range(0, Schemas).Select(_ => new JsonObject
        {
            ["schema"] = random.Schema(),
            ["instances"] = new JsonArray([.. Enumerable.Range(0, InstancesEach).Select(_ => random.Instance())]),
        }.ToJsonString()).ToList();
        await using var judge = Judge.Start("jsonschema.mjs");
        var verdicts = await judge.Judged(string.Concat(cases.Select(text => text + "\n")));

        verdicts.Should().HaveCount(Schemas);
        var wrong = new List<string>();
        var (valid, excused) = (0, 0);
        foreach (var (text, verdict) in cases.Zip(verdicts))
        {
            using var document = JsonDocument.Parse(text);
            var schema = document.RootElement.GetProperty("schema");
            var ours = Ours(schema, document.RootElement.GetProperty("instances"));
            var (ajv, hyperjump) = (verdict["ajv"]!, verdict["hyperjump"]!);
            var isExcused = ajv.ToJsonString() != ours && KnownFaultOfAjv.Explains(ajv, schema);
            if (isExcused) excused++;
            if (hyperjump.ToJsonString() != ours || (ajv.ToJsonString() != ours && !isExcused))
                wrong.Add($"ours {ours}, ajv {ajv.ToJsonString()}, hyperjump {hyperjump.ToJsonString()}\n{text}");
            valid += ours.Split("true").Length - 1;
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} differ\n{string.Join("\n\n", wrong.Take(5))}");
        excused.Should().BeLessThan(Schemas / 50);
        valid.Should().BeInRange(
            Schemas * InstancesEach / 5, Schemas * InstancesEach * 4 / 5, "both verdicts are common");
    }

    private static string Ours(JsonElement schema, JsonElement instances)
    {
        var (compiled, errors) = CompiledSchema.Compile(schema, new JsonSchemaOptions { AssertFormats = true });
        if (compiled is null) return string.Join(" ", errors);
        var verdicts = instances.EnumerateArray().Select(instance =>
        {
            var failures = compiled.Validate(instance);
            compiled.IsValid(instance).Should().Be(failures.Count == 0);
            return (JsonNode)(failures.Count == 0);
        });
        return new JsonArray([.. verdicts]).ToJsonString();
    }
}

/// <summary>
/// Where ajv 8.20 leaves the standard. hyperjump knows all of these, so it then judges alone.
/// </summary>
internal static class KnownFaultOfAjv
{
    /// <summary>
    /// It throws while it writes code for some unevaluated keywords under <c>if</c>; it takes some empty lists for ones
    /// that contain what they must; and it does not add up rightly what several branches have evaluated.
    /// </summary>
    public static bool Explains(JsonNode verdict, JsonElement schema)
    {
        var text = schema.GetRawText();
        return verdict is JsonValue
            || text.Contains("\"contains\"", StringComparison.Ordinal)
            || text.Contains("\"unevaluated", StringComparison.Ordinal);
    }
}
