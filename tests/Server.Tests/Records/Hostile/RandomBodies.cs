using System.Text.Json.Nodes;

namespace Castellan.Tests.Records.Hostile;

/// <summary>
/// Records by chance, as clients send them. Every text has a mark of its own, which names who wrote it where, so that a
/// foreign byte in an answer is found by looking at the answer.
/// </summary>
internal sealed class RandomBodies(SeededNumbers random)
{
    public static readonly DateTimeOffset Noon = new(2030, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private int marks;

    /// <summary>A new mark: <c>~17.ann.c2.f0~</c>, and <c>~s17...</c> for what nobody is ever shown.</summary>
    public string Mark(string by, string collection, string field, bool isSecret = false) =>
        $"~{(isSecret ? "s" : "")}{++marks}.{by.Replace(' ', '_')}.{collection}.{field}~";

    /// <param name="by">Who writes.</param>
    /// <param name="shape">The collection.</param>
    /// <param name="referable">Ids that a reference may lead to, by collection.</param>
    /// <param name="share">Of a hundred fields, how many are sent.</param>
    public JsonObject Next(Person by, CollectionShape shape, Func<string, string?> referable, int share = 80)
    {
        var body = new JsonObject();
        foreach (var field in shape.Fields)
        {
            if (!field.Required && random.Below(100) >= share) continue;
            body[field.Name] = random.Below(12) == 0 && !field.Required
                ? null
                : Value(by, shape, field, referable);
        }
        return body;
    }

    private JsonNode? Value(Person by, CollectionShape shape, FieldShape field, Func<string, string?> referable) =>
        field.Kind switch
        {
            Kind.Mark => Mark(by.Name, shape.Name, field.Name),
            Kind.Secret => Mark(by.Name, shape.Name, field.Name, isSecret: true),
            Kind.Choice => FieldShape.Choices[random.Below(FieldShape.Choices.Length)],
            Kind.Whole => (long)random.Below(9),
            Kind.Number => random.Below(9) + 0.5,
            Kind.Flag => random.Below(2) == 0,
            Kind.Time => Row.Written(Noon.AddHours(random.Below(9) - 4)),
            Kind.Json => new JsonObject
            {
                ["n"] = random.Below(9),
                ["note"] = Mark(by.Name, shape.Name, field.Name),
            },
            _ => referable(shape.References.First(r => r.Field == field.Name).Target),
        };
}
