using AwesomeAssertions;
using Castellan.Platform.Cel;
using Castellan.Platform.Cel.Explaining;

namespace Castellan.Tests.Platform.Cel.Explaining;

/// <summary>What people read who ask why something was denied.</summary>
public sealed class TraceTests
{
    private static readonly CelObjectType Record = new("record", () =>
    [
        ("owner_id", CelType.Nullable(CelType.String)), ("status", CelType.String), ("secret", CelType.String),
        ("meta", CelType.Dyn), ("done", CelType.Bool),
    ]);

    private static readonly CelObjectType Caller = new("caller", () =>
        [("id", CelType.String), ("kind", CelType.String), ("workspaces", CelType.List(CelType.String))]);

    [Theory]
    [InlineData("record.owner_id == caller.id",
        "record.owner_id == caller.id is false: record.owner_id is 'usr_a', caller.id is 'usr_b'")]
    [InlineData("record.status == 'open' && record.owner_id == caller.id",
        "record.owner_id == caller.id is false: record.owner_id is 'usr_a', caller.id is 'usr_b'")]
    [InlineData("!(record.status == 'open')",
        "record.status == 'open' is true and should be false: record.status is 'open'")]
    [InlineData("record.status in ['done', 'closed']",
        "record.status in ['done', 'closed'] is false: record.status is 'open'")]
    [InlineData("record.owner_id in caller.workspaces",
        "record.owner_id in caller.workspaces is false: record.owner_id is 'usr_a', "
            + "caller.workspaces is a list of 2: 'w1', 'w2'")]
    [InlineData("record.done", "record.done is false")]
    [InlineData("record.meta.missing == 1", "record.meta.missing == 1 is an error (No such key: 'missing'.)")]
    [InlineData("record.done ? record.status == 'a' : record.status == 'b'",
        "record.status == 'b' is false: record.status is 'open'")]
    [InlineData("caller.workspaces.exists(w, w == record.status)",
        "caller.workspaces.exists(w, w == record.status) is false: caller.workspaces is a list of 2: 'w1', 'w2'")]
    [InlineData("mine", "record.owner_id == caller.id is false: record.owner_id is 'usr_a', caller.id is 'usr_b'")]
    public void Single_reason_is_told_in_a_line(string source, string line)
    {
        var reason = Explain(source)!;
        reason.Atoms().Should().ContainSingle().Which.ToString().Should().Be(line);
    }

    [Fact]
    public void What_is_true_needs_no_reason() => Explain("record.status == 'open'").Should().BeNull();

    [Fact]
    public void Parts_say_whether_all_or_one_was_asked_for()
    {
        var either = Explain("record.done || record.status == 'x' || record.owner_id == caller.id")!;
        either.Join.Should().Be(CelJoin.OneOf);
        either.Parts.Should().HaveCount(3);

        var both = Explain("record.done && (record.status == 'x' || record.done) && record.status == 'open'")!;
        both.Join.Should().Be(CelJoin.AllOf);
        both.Parts.Select(part => part.Join).Should().Equal(CelJoin.None, CelJoin.OneOf);

        Explain("!(record.status == 'open' || record.status != 'x')")!.Join.Should().Be(CelJoin.AllOf);
    }

    [Theory]
    [InlineData("record.secret == 'guess'")]
    [InlineData("'guess' == record.secret + 'x'")]
    [InlineData("dyn(record).secret == 'guess'")]
    [InlineData("record.secret in caller.workspaces")]
    [InlineData("[record.secret].exists(s, s == 'guess')")]
    [InlineData("[dyn(record)].exists(r, r.secret == 'guess')")]
    [InlineData("[record].map(r, r.secret)[0] == 'guess'")]
    [InlineData("{'a': 1}[record.secret] == 1")]
    [InlineData("int(record.secret) == 1")]
    [InlineData("timestamp(record.secret) == timestamp('2030-01-01T00:00:00Z')")]
    [InlineData("known(record)")]
    [InlineData("show(record) == 'guess'")]
    public void Secret_never_appears(string source)
    {
        var reason = Explain(source)!;
        reason.ToString().Should().NotContain("hidden!");
        reason.Atoms().Should().NotBeEmpty().And.OnlyContain(atom => !atom.ToString().Contains("hidden!"));
    }

    [Fact]
    public void Reasons_are_bounded()
    {
        var reason = Explain(string.Join(" && ", Enumerable.Range(0, 150).Select(i => $"record.status == 's{i}'")))!;
        reason.Atoms().Should().HaveCount(CelTrace.AtomsMax);

        var wide = Explain($"record.status == '{new string('x', 5_000)}'")!;
        wide.ToString().Length.Should().BeLessThan(500);
    }

    private static CelReason? Explain(string source)
    {
        CelFunction[] functions =
        [
            new("known", [Record], CelType.Bool, (_, _) => CelValue.Fail("hidden!")),
            new("show", [Record], CelType.String, (_, _) => CelValue.Of("hidden!")),
        ];
        var environment = new CelEnvironment([new("record", Record), new("caller", Caller)], functions)
        {
            Result = CelType.Bool,
            Definitions = new Dictionary<string, string> { ["mine"] = "record.owner_id == caller.id" },
        };
        var compilation = environment.Compile(source);
        compilation.Errors.Should().BeEmpty();
        return CelTrace.Explain(compilation.Program!, new Request(), (_, field) => field.Name != "secret");
    }

    private sealed class Request : ICelActivation
    {
        public CelValue Variable(int index) => CelValue.Of(index == 0 ? new Values(Record) : new Values(Caller));
    }

    private sealed class Values(CelObjectType type) : ICelObject
    {
        public CelObjectType Type => type;

        public CelValue Field(CelField field) => field.Name switch
        {
            "owner_id" => CelValue.Of("usr_a"),
            "status" => CelValue.Of("open"),
            "secret" => CelValue.Of("hidden!"),
            "meta" => CelValue.Of(new CelEntries([KeyValuePair.Create(CelValue.Of("a"), CelValue.Of(1L))])),
            "done" => CelValue.False,
            "id" => CelValue.Of("usr_b"),
            "kind" => CelValue.Of("user"),
            _ => CelValue.Of([CelValue.Of("w1"), CelValue.Of("w2")]),
        };
    }
}
