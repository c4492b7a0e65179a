namespace Castellan.Platform.Cel.Sql;

using Sql = Castellan.Platform.Storage.Sql;

/// <summary>A JSON value beside one that the request brings.</summary>
internal sealed class JsonValueAtom(CelPosition at, JsonOperand left, Comparison comparison, BoundValue right)
    : Atom(at)
{
    protected override Truth Holds(Emission emission)
    {
        var value = emission.Binding.Value(right);
        if (value.IsNull && comparison == Comparison.Equal) return left.IsNull(emission);
        return KindOf(emission, value) is { } kind
            ? Comparisons.True(emission, left.As(kind), comparison, value)
            : Truth.Never;
    }

    protected override Truth Fails(Emission emission)
    {
        var value = emission.Binding.Value(right);
        var kind = KindOf(emission, value);
        if (comparison != Comparison.Equal)
            return kind is { } ordered ? Comparisons.False(emission, left.As(ordered), comparison, value) : Truth.Never;
        if (value.IsError || IsCollection(value)) return Truth.Never;
        if (value.IsNull) return left.IsNotNull(emission);
        if (kind is not { } same) return left.Exists(emission);
        // What is of another kind is unequal, and not an error as it is for the scalar.
        return Truth.All(
            left.Exists(emission), Comparisons.True(emission, left.As(same), comparison, value).Otherwise());
    }

    /// <summary>As what JSON of this value's kind is read; null where there is none such.</summary>
    private SqlColumnKind? KindOf(Emission emission, in CelValue value)
    {
        if (IsCollection(value) && comparison == Comparison.Equal)
        {
            emission.Binding.Fail(
                At, "A part of JSON cannot be compared with a whole list or map.", "Compare its items one by one.");
        }
        return value.Kind switch
        {
            CelKind.String => SqlColumnKind.Text,
            CelKind.Bool => SqlColumnKind.Bool,
            CelKind.Int or CelKind.Uint or CelKind.Double => SqlColumnKind.Double,
            _ => null,
        };
    }

    private static bool IsCollection(in CelValue value) => value.Kind is CelKind.List or CelKind.Map;
}

/// <summary>A JSON value beside a text, bool or double that is computed of a row.</summary>
internal sealed class JsonColumnAtom(CelPosition at, JsonOperand left, Comparison comparison, Scalar right) : Atom(at)
{
    protected override Truth Holds(Emission emission)
    {
        var plain = Comparisons.True(emission, left.As(right.Kind), comparison, right);
        if (comparison != Comparison.Equal || !right.CanBeNull) return plain;
        return Truth.Any(
            plain, Truth.All(left.IsNull(emission), Truth.Where($"{right.Emit(emission)} is null")));
    }

    protected override Truth Fails(Emission emission) => comparison == Comparison.Equal
        ? Truth.All(left.Exists(emission), right.Defined(emission), Holds(emission).Otherwise())
        : Comparisons.False(emission, left.As(right.Kind), comparison, right);
}

/// <summary><c>has(json.key)</c>: an error where there is no object that could have the key.</summary>
internal sealed class JsonKeyAtom(CelPosition at, JsonOperand container, JsonStep key) : Atom(at)
{
    protected override Truth Holds(Emission emission) => container.Step(key).Exists(emission);

    protected override Truth Fails(Emission emission) => Truth.All(
        container.IsObject(emission), container.Step(key).Exists(emission).Otherwise());
}

/// <summary><c>has(row.json)</c>, <c>row.json != null</c>.</summary>
internal sealed class JsonPresentAtom(CelPosition at, JsonOperand json) : Atom(at)
{
    protected override Truth Holds(Emission emission) => json.IsNotNull(emission);

    protected override Truth Fails(Emission emission) => json.IsNull(emission);
}

/// <summary>
/// <c>json.exists(x, ...)</c> over the items of an array or the keys of an object; anything else is an error.
/// </summary>
internal sealed class JsonExistsAtom(CelPosition at, JsonOperand json, JsonItem item, Condition predicate) : Atom(at)
{
    public override int Size { get; } = Sizes.Sum(1, predicate.Size);

    protected override Truth Holds(Emission emission)
    {
        var items = JsonItems.From(emission, json, item);
        var inner = predicate.True(emission.Binding);
        if (inner.IsNever) return Truth.Never;
        return Truth.All(
            json.IsCollection(emission), Truth.Where($"exists (select 1 from {items}{JsonItems.Where(inner)})"));
    }

    protected override Truth Fails(Emission emission)
    {
        var items = JsonItems.From(emission, json, item);
        var inner = predicate.False(emission.Binding).Otherwise();
        if (inner.IsNever) return json.IsCollection(emission);
        return Truth.All(
            json.IsCollection(emission), Truth.Where($"not exists (select 1 from {items}{JsonItems.Where(inner)})"));
    }
}

internal static class JsonItems
{
    /// <summary>
    /// The items as rows with a <c>value</c>, and on SQLite a <c>type</c>; a key of an object is a text.
    /// </summary>
    public static Sql From(Emission emission, JsonOperand json, JsonItem item)
    {
        var alias = emission.Binding.Enter(item);
        if (!emission.IsPostgres)
        {
            return $"""
                (select case when cel_k.kind = 'object' then 'text' else cel_e.type end as type,
                case when cel_k.kind = 'object' then cel_e.key else cel_e.value end as value
                from (select {json.KindText(emission)} as kind) as cel_k,
                json_each(case when cel_k.kind in ('array', 'object') then {json.SqliteValue(emission)} end) as cel_e)
                as {alias}
                """;
        }
        return $"""
            (select cel_e.v as value from (select {json.Jsonb(emission)}) as cel_j(v), jsonb_array_elements(
            case when jsonb_typeof(cel_j.v) = 'array' then cel_j.v else '[]' end) as cel_e(v)
            union all select to_jsonb(cel_e.k) from (select {json.Jsonb(emission)}) as cel_j(v), jsonb_object_keys(
            case when jsonb_typeof(cel_j.v) = 'object' then cel_j.v else jsonb_build_object() end) as cel_e(k))
            as {alias}
            """;
    }

    public static Sql Where(Truth inner) => inner.IsAlways ? Sql.Of($"") : Sql.Of($" where {inner.Condition}");
}
