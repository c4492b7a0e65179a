using System.Text;
using System.Text.Json.Nodes;
using Castellan.Platform.Cel;
using Castellan.Platform.Cel.Syntax;
using Castellan.Tests.Judges;

namespace Castellan.Tests.Platform.Cel;

/// <summary>Random expressions beside another implementation: the same value, or an error of both.</summary>
public sealed class SecondEvaluatorTests(ITestOutputHelper output)
{
    private const int Expressions = 6_000;

    [Fact]
    public async Task Random_expressions_have_the_value_that_another_implementation_gives_them()
    {
        var numbers = new SeededNumbers(SeededNumbers.Seed(output));
        var expressions = new RandomCel(numbers);
        var asked = Enumerable.Range(0, Expressions)
            .Select(_ => (Source: Printer.Print(expressions.Next()), Bindings: new RandomBindings(numbers))).ToList();
        var input = new StringBuilder();
        foreach (var (source, bindings) in asked)
            input.Append(new JsonObject
            {
                ["expr"] = source, ["bindings"] =
                bindings.ToJson()
            }.ToJsonString()).Append('\n');
        await using var judge = Judge.Start("cel-evaluate.mjs");
        var verdicts = await judge.Judged(input.ToString());

        Assert.Equal(Expressions, verdicts.Count);
        var (values, differing) = (0, new List<string>());
        foreach (var (index, (source, bindings)) in asked.Index())
        {
            var ours = Ours(source, bindings);
            if (!ours.IsError) values++;
            var theirs = verdicts[index];
            if (Agree(ours, theirs)) continue;
            differing.Add(
                $"{source}\n  with {bindings.ToJson().ToJsonString()}"
                + $"\n  ours {RandomBindings.Json(ours).ToJsonString()}\n  theirs {theirs.ToJsonString()}");
        }
        output.WriteLine($"{values} of {Expressions} have a value, {differing.Count} differ.");
        Assert.True(differing.Count == 0, $"{differing.Count} differ:\n{string.Join("\n", differing.Take(20))}");
        // A generator whose expressions are all errors would prove nothing.
        Assert.True(values > Expressions / 3, $"Only {values} have a value.");
    }

    [Fact]
    public async Task Where_the_two_are_known_to_differ_they_do()
    {
        var bindings = new RandomBindings(new SeededNumbers(1));
        await using var judge = Judge.Start("cel-evaluate.mjs");
        var verdicts = await judge.Judged(string.Concat(Disagreements.All.Select(row =>
            new JsonObject { ["expr"] = row.Source, ["bindings"] = new JsonObject() }.ToJsonString() + "\n")));
        Assert.Equal(Disagreements.All.Count, verdicts.Count);
        foreach (var (row, theirs) in Disagreements.All.Zip(verdicts))
        {
            var ours = Ours(row.Source, bindings);
            var said = ours.IsError ? "error" : RandomBindings.Json(ours).ToJsonString();
            Assert.True(said == row.Ours, $"{row.Source}: {said}");
            var answered = theirs["value"]?.ToJsonString() ?? "error";
            Assert.True(answered == row.Theirs, $"{row.Source}: the other says {answered} now.");
            Assert.NotEmpty(row.Reason);
        }
    }

    private static CelValue Ours(string source, RandomBindings bindings)
    {
        var compiled = RandomBindings.Environment.Compile(source);
        return compiled.Program is { } program
            ? program.Evaluate(bindings)
            : CelValue.Of(compiled.Errors[0]);
    }

    /// <summary>
    /// The other one takes every quotient of unsigned numbers beyond 2^63 for an overflow (see Disagreements).
    /// </summary>
    private static bool Agree(CelValue ours, JsonNode theirs) => ours.IsError
        ? theirs["error"] is not null
        : theirs["error"]?.ToString() == "int overflow during divide by 1"
            || JsonNode.DeepEquals(RandomBindings.Json(ours), theirs["value"]);
}
