using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Tests.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Coverage;

/// <summary>
/// Runs behind a whole run of the other tests, over what their gates answered; the build verb <c>test</c> does so for
/// each engine. Explicit, because after a part of the tests it would say nothing.
/// </summary>
public sealed class CoverageTests
{
    [Fact(Explicit = true)]
    public async Task Every_operation_was_seen_in_every_case_that_it_owes()
    {
        var operations = await Operations();
        var seen = Seen();

        var owed = operations.SelectMany(o => Owed.By(o).Distinct().Select(c => (Operation: o, Case: c))).ToList();
        var missing = owed.Where(c => !c.Case.IsMet(seen[c.Operation.Name]))
            .Select(c => $"{c.Operation.Name} owes {c.Case}").ToList();

        var triples = operations.Sum(o => seen[o.Name].Select(s => (s.Status, s.Code)).Distinct().Count());
        TestNotes.Write(
            $"{owed.Count - missing.Count} of {owed.Count} owed cases of {operations.Count} operations were seen, "
            + $"among {triples} distinct (operation, status, code)");
        Assert.True(missing.Count == 0, $"{missing.Count} cases were never seen:\n{string.Join('\n', missing)}");
    }

    [Fact(Explicit = true)]
    public async Task No_operation_answered_what_it_does_not_declare()
    {
        var seen = Seen();
        var undeclared = (await Operations())
            .SelectMany(o => seen[o.Name].Where(s => !Owed.IsDeclared(o, s))).Select(s => s.ToString()).ToList();
        Assert.True(undeclared.Count == 0, $"Undeclared answers:\n{string.Join('\n', undeclared)}");
    }

    [Fact]
    public void An_answer_that_was_never_seen_is_missing_and_one_of_another_caller_does_not_count()
    {
        var operation = Note("notes.create");
        var done = new Observation("notes.create", CallerKind.Key, 201, "done");

        Owed.By(operation).Where(c => c.Name == "success").Should().Equal(
            new OwedCase("success", 201, "done", CallerKind.Key),
            new OwedCase("success", 201, "done", CallerKind.Operator));
        Owed.By(operation).Where(c => c.IsMet([done])).Should().ContainSingle();
        Owed.By(operation).Select(c => c.Name).Distinct().Should().BeEquivalentTo(
            "success", "validation", "no environment", "no credential", "wrong credential", "missing permission",
            "frozen app", "idempotent repeat", "conflict", "limit");
        Owed.By(Note("notes.fail")).Select(c => c.Name).Distinct().Should().BeEquivalentTo(
            ["success", "validation", "absent object", "limit"], "a read that is open to anybody owes no more");
    }

    [Theory]
    [InlineData(201, "done", true)]
    [InlineData(200, "done", false)]
    [InlineData(422, "input_invalid", true)]
    [InlineData(409, "slug_taken", false)]
    [InlineData(429, "sign_in_delayed", false)]
    [InlineData(500, "internal_error", false)]
    public void A_problem_of_another_operation_is_undeclared(int status, string code, bool declared) =>
        Owed.IsDeclared(Note("notes.create"), new Observation("notes.create", CallerKind.Key, status, code))
            .Should().Be(declared);

    private static Operation Note(string name) => new Notes().Operations().Single(o => o.Name == name);

    private static async Task<IReadOnlyList<Operation>> Operations()
    {
        await using var server = await TestServer.Start();
        return server.App.Services.GetRequiredService<OperationTable>().All;
    }

    private static ILookup<string, Observation> Seen()
    {
        Assert.True(Observer.File is not null && File.Exists(Observer.File),
            $"{Observer.Variable} names no file of observations: run `dotnet run build.cs -- test`.");
        return File.ReadLines(Observer.File!).Distinct().Select(Observation.Parse).ToLookup(o => o.Operation);
    }
}
