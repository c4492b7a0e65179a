using BenchmarkDotNet.Attributes;
using Castellan.Platform.Cel;

namespace Castellan.Bench;

/// <summary>A rule as apps write them, over a row that does not belong to the caller, so that every part is
/// evaluated.</summary>
[MemoryDiagnoser]
public class CelBench
{
    private const string Typical = "record.owner_id == caller.id || tenant_role('admin')";
    private const string OverTags = "record.tags.exists(t, t == 'blue') && record.due != null && record.due < now";

    private static readonly CelObjectType Person = new("caller", () => [("id", CelType.String)]);

    private static readonly CelObjectType Task = new("task", () =>
        [("owner_id", CelType.String), ("tags", CelType.List(CelType.String)), ("due",
            CelType.Nullable(CelType.Timestamp))]);

    private static readonly CelEnvironment Rules = new(
        [new("caller", Person), new("record", Task), new("now", CelType.Timestamp)],
        [new("tenant_role", [CelType.String], CelType.Bool, (_, args) => CelValue.Of(args[0].AsString == "admin"))])
    {
        Result = CelType.Bool,
    };

    private readonly CelProgram typical = Rules.Compile(Typical).Program!;
    private readonly CelProgram overTags = Rules.Compile(OverTags).Program!;
    private readonly Row row = new();

    [Benchmark(Baseline = true)]
    public bool TypicalRule() => typical.Evaluate(row).IsTrue;

    [Benchmark]
    public bool RuleOverTags() => overTags.Evaluate(row).IsTrue;

    [Benchmark]
    public object CompileTypicalRule() => Rules.Compile(Typical);

    private sealed class Thing(CelObjectType type, params CelValue[] fields) : ICelObject
    {
        public CelObjectType Type => type;

        public CelValue Field(CelField field) => fields[field.Index];
    }

    private sealed class Row : ICelActivation
    {
        private static readonly CelValue Now = CelValue.Of(DateTimeOffset.UnixEpoch.AddYears(60));

        private readonly CelValue caller =
            CelValue.Of(new Thing(Person, CelValue.Of("usr_01h455vb4pex5vsknk084sn02q")));

        private readonly CelValue record = CelValue.Of(new Thing(
            Task, CelValue.Of("usr_01h455vb4pex5vsknk084sn02r"),
            CelValue.Of(CelValue.Of("red"), CelValue.Of("green"), CelValue.Of("blue")),
            CelValue.Of(DateTimeOffset.UnixEpoch.AddYears(50))));

        public CelValue Variable(int index) => index switch
        {
            0 => caller,
            1 => record,
            _ => Now,
        };
    }
}
