using Castellan.Platform.Storage;

namespace Castellan.Platform.Cel.Sql;

using Sql = Castellan.Platform.Storage.Sql;

/// <summary>An item of a JSON array, or a key of an object, while a macro goes over them.</summary>
internal sealed class JsonItem;

/// <summary>One step into JSON: a key of an object where there is one, else an index of an array.</summary>
internal readonly record struct JsonStep(string? Key, int Index);

/// <summary>
/// A value inside of JSON, whose kind is known row by row. It begins at a column or at an item that a macro visits.
/// Every text about it is null, and therefore never true, where it is not there.
/// </summary>
internal abstract record JsonOperand(IReadOnlyList<JsonStep> Steps) : Operand
{
    /// <summary>Null in SQL is the language's null, and no error.</summary>
    public virtual bool IsNullable => false;

    public JsonOperand Step(JsonStep step) => this with { Steps = [.. Steps, step] };

    /// <summary>As a scalar of one kind, an error where it is of another.</summary>
    public Scalar As(SqlColumnKind kind) => new JsonScalar(this, kind);

    public Truth Exists(Emission emission)
    {
        var kind = KindText(emission);
        return IsNullable ? Truth.Always : Truth.Where($"{kind} is not null");
    }

    public Truth IsNull(Emission emission)
    {
        var isNull = Truth.Where($"{KindText(emission)} = 'null'");
        return IsNullable ? Truth.Any(Truth.Where($"{KindText(emission)} is null"), isNull) : isNull;
    }

    public Truth IsNotNull(Emission emission) => Truth.Where($"{KindText(emission)} <> 'null'");

    public Truth IsObject(Emission emission) => Truth.Where($"{KindText(emission)} = 'object'");

    public Truth IsCollection(Emission emission) => Truth.Where($"{KindText(emission)} in ('array', 'object')");

    /// <summary>The engine's word for what it is.</summary>
    public Sql KindText(Emission emission) => emission.IsPostgres
        ? Sql.Of($"jsonb_typeof({Jsonb(emission)})")
        : SqliteKind(emission);

    /// <summary>The jsonb itself (PostgreSQL).</summary>
    public Sql Jsonb(Emission emission)
    {
        var value = PostgresRoot(emission);
        foreach (var step in Steps)
        {
            value = step.Key is { } key ? Sql.Of($"({value} -> {key})") : Item(value, step.Index);
        }
        return value;

        // A scalar has itself as its first item there.
        static Sql Item(Sql array, long index) => $"""
            (select case when jsonb_typeof(cel_j.v) = 'array' then cel_j.v -> {index}::integer end
            from (select {array}) as cel_j(v))
            """;
    }

    /// <summary>Its scalar value, or JSON text (SQLite).</summary>
    public abstract Sql SqliteValue(Emission emission);

    protected abstract Sql SqliteKind(Emission emission);

    protected abstract Sql PostgresRoot(Emission emission);

    /// <summary>SQLite's path: keys in quotes, which hold neither quotes nor backslashes.</summary>
    protected string SqlitePath() =>
        "$" + string.Concat(Steps.Select(step => step.Key is { } key ? $".\"{key}\"" : $"[{step.Index}]"));
}

internal sealed record JsonColumn(Place Place, SqlColumn Column, IReadOnlyList<JsonStep> Steps) : JsonOperand(Steps)
{
    public override bool IsNullable => Steps.Count == 0 && Column.IsNullable;

    public override Sql SqliteValue(Emission emission) => $"json_extract({Root(emission)}, {SqlitePath()})";

    protected override Sql SqliteKind(Emission emission) => $"json_type({Root(emission)}, {SqlitePath()})";

    protected override Sql PostgresRoot(Emission emission) => Root(emission);

    private Sql Root(Emission emission) => emission.Column(Place, Column.Name);
}

/// <summary>What a macro's variable stands for, and what is inside of it.</summary>
internal sealed record JsonItemOperand(JsonItem Item, IReadOnlyList<JsonStep> Steps) : JsonOperand(Steps)
{
    public override Sql SqliteValue(Emission emission) => Steps.Count == 0
        ? Sql.Of($"{Alias(emission)}.value")
        : Sql.Of($"json_extract({Container(emission)}, {SqlitePath()})");

    protected override Sql SqliteKind(Emission emission) => Steps.Count == 0
        ? Sql.Of($"{Alias(emission)}.type")
        : Sql.Of($"json_type({Container(emission)}, {SqlitePath()})");

    protected override Sql PostgresRoot(Emission emission) => $"{Alias(emission)}.value";

    private Identifier Alias(Emission emission) => emission.Binding.AliasOf(Item);

    // A text among the items is no JSON, and would be an error of the statement.
    private Sql Container(Emission emission) =>
        $"case when {Alias(emission)}.type in ('array', 'object') then {Alias(emission)}.value end";
}

/// <summary>A JSON value that must be of one kind: text, number or bool.</summary>
internal sealed record JsonScalar(JsonOperand Json, SqlColumnKind Kind) : Scalar(Kind)
{
    public override bool CanFail => true;

    public override Sql Emit(Emission emission) => (Kind, emission.IsPostgres) switch
    {
        (SqlColumnKind.Text, true) => When(
            emission, "= 'string'", Sql.Of($"({Json.Jsonb(emission)} #>> array[]::text[]) collate \"C\"")),
        (SqlColumnKind.Bool, true) => When(emission, "= 'boolean'", Sql.Of($"{Json.Jsonb(emission)}::boolean")),
        (_, true) => PostgresNumber(emission),
        (SqlColumnKind.Text, false) => When(emission, "= 'text'", Json.SqliteValue(emission)),
        (SqlColumnKind.Bool, false) => When(emission, "in ('true', 'false')", Json.SqliteValue(emission)),
        _ => When(emission, "in ('integer', 'real')", Sql.Of($"cast({Json.SqliteValue(emission)} as real)")),
    };

    private Sql When(Emission emission, string kind, Sql value) =>
        $"(case when {Json.KindText(emission)} {new Raw(kind)} then {value} end)";

    /// <summary>
    /// The nearest double. PostgreSQL fails where there is none but zero or infinity: below half of the least double,
    /// 2 to the -1075, and from half a step beyond the greatest, which are written here with enough digits.
    /// </summary>
    private Sql PostgresNumber(Emission emission) => $"""
        (select case when jsonb_typeof(cel_j.v) <> 'number' then null
        when abs(cel_j.v::numeric) <= 2.47032822920623272088284396434110686182e-324 then 0::float8
        when abs(cel_j.v::numeric) >= 1.797693134862315807937289714053034150e308
        then sign(cel_j.v::numeric)::float8 * 'infinity'
        else cel_j.v::float8 end from (select {Json.Jsonb(emission)}) as cel_j(v))
        """;
}

/// <summary>Code points of a text, items of an array, keys of an object; an error of anything else.</summary>
internal sealed record JsonSize(JsonOperand Json) : Scalar(SqlColumnKind.Int64)
{
    public override bool CanFail => true;

    public override Sql Emit(Emission emission)
    {
        var kind = Json.KindText(emission);
        var length = new LengthOperand(Json.As(SqlColumnKind.Text)).Emit(emission);
        if (emission.IsPostgres)
        {
            var value = Json.Jsonb(emission);
            return $"""
                (case {kind} when 'array' then jsonb_array_length({value})
                when 'object' then (select count(*) from jsonb_object_keys({value}))
                when 'string' then {length} end)
                """;
        }
        var text = Json.SqliteValue(emission);
        return $"""
            (case {kind} when 'array' then json_array_length({text})
            when 'object' then (select count(*) from json_each({text}))
            when 'text' then {length} end)
            """;
    }
}
