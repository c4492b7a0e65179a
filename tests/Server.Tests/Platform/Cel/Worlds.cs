using Castellan.Platform.Cel;

namespace Castellan.Tests.Platform.Cel;

/// <summary>
/// An environment as rules over rows have it: a caller, a record with a reference and a list that leads back.
/// </summary>
internal static class Worlds
{
    public static readonly CelObjectType Person = new("caller", () =>
        [("id", CelType.String), ("email", CelType.String)]);

    public static readonly CelObjectType Project =
        new("project", () =>
            [("owner_id", CelType.String), ("tasks", CelType.List(Task!)), ("budget", CelType.Double)]);

    public static readonly CelObjectType Task = new("task", () =>
    [
        ("owner_id", CelType.String), ("title", CelType.String), ("estimate", CelType.Int), ("due",
            CelType.Nullable(CelType.Timestamp)),
        ("project", CelType.Nullable(Project)), ("tags", CelType.List(CelType.String)), ("done",
            CelType.Nullable(CelType.Bool)),
    ]);

    private static readonly string[] Roles = ["admin", "editor", "viewer"];

    public static CelEnvironment Rules { get; } = new(
        [
            new("caller", Person), new("record", Task), new("now", CelType.Timestamp), new("request",
                CelType.Map(CelType.String, CelType.Dyn)),
            new("owner", CelType.Bool) { Reads = ["record", "caller"] },
        ],
        [
            new("tenant_role", [CelType.String], CelType.Bool, (_, args) => CelValue.Of(args[0].AsString == "admin"))
            {
                Reads = ["caller"], CheckArgument = CelFunction.OneOf("role", Roles),
            },
            new("shout", [CelType.String], CelType.String, (_, args) =>
                CelValue.Of(args[0].AsString + "!")) { IsMethod = true },
        ])
    {
        Result = CelType.Bool,
    };

    /// <summary>Any result, and as few bounds as a test wants.</summary>
    public static CelEnvironment Any(CelLimits? limits = null) =>
        new(Rules.Variables, Rules.Functions) { Limits = limits ?? CelLimits.Default };

    public static CelValue Evaluate(string source, Row? row = null, CelLimits? limits = null)
    {
        var compiled = Any(limits).Compile(source);
        Assert.True(compiled.Program is not null, $"{source}: {string.Join(" ", compiled.Errors)}");
        return compiled.Program.Evaluate(row ?? new Row());
    }
}

/// <summary>An object whose fields are given by name, all others null; it counts what is asked for.</summary>
internal sealed class Thing(CelObjectType type, params (string Name, CelValue Value)[] fields) : ICelObject
{
    public CelObjectType Type => type;

    public int Asked { get; private set; }

    public CelValue Field(CelField field)
    {
        Asked++;
        return fields.FirstOrDefault(f => f.Name == field.Name).Value;
    }
}

/// <summary>The variables of <see cref="Worlds.Rules"/>.</summary>
internal sealed class Row : ICelActivation
{
    public Thing Caller { get; init; } =
        new(Worlds.Person, ("id", CelValue.Of("usr_1")), ("email", CelValue.Of("a@example.com")));

    public Thing Record { get; init; } = new(
        Worlds.Task, ("owner_id", CelValue.Of("usr_1")), ("title", CelValue.Of("Paint")), ("estimate", CelValue.Of(3L)),
        ("tags", CelValue.Of(CelValue.Of("red"), CelValue.Of("blue"))));

    public CelValue Request { get; init; } = CelValue.Of(new CelEntries([]));

    public CelValue Variable(int index) => index switch
    {
        0 => CelValue.Of(Caller),
        1 => CelValue.Of(Record),
        2 => CelValue.Of(new DateTimeOffset(2030, 1, 31, 12, 0, 0, TimeSpan.Zero)),
        3 => Request,
        _ => CelValue.True,
    };
}
