namespace Castellan.Platform.Cel.Sql;

using Sql = Castellan.Platform.Storage.Sql;

/// <summary>A computed value beside one that the request brings.</summary>
internal sealed class ValueAtom(CelPosition at, Scalar left, Comparison comparison, BoundValue right) : Atom(at)
{
    protected override Truth Holds(Emission emission) =>
        Comparisons.True(emission, left, comparison, emission.Binding.Value(right));

    protected override Truth Fails(Emission emission) =>
        Comparisons.False(emission, left, comparison, emission.Binding.Value(right));
}

/// <summary>Two computed values of one kind.</summary>
internal sealed class ColumnsAtom(CelPosition at, Scalar left, Comparison comparison, Scalar right) : Atom(at)
{
    protected override Truth Holds(Emission emission) => Comparisons.True(emission, left, comparison, right);

    protected override Truth Fails(Emission emission) => Comparisons.False(emission, left, comparison, right);
}

/// <summary>A bool that stands for itself.</summary>
internal sealed class BoolAtom(CelPosition at, Scalar operand) : Atom(at)
{
    protected override Truth Holds(Emission emission) => Truth.Where($"{operand.Emit(emission)} = true");

    protected override Truth Fails(Emission emission) => Truth.Where($"{operand.Emit(emission)} = false");
}

/// <summary><c>has(row.field)</c>, and <c>row.field != null</c>.</summary>
internal sealed class PresentAtom(CelPosition at, Scalar operand) : Atom(at)
{
    protected override Truth Holds(Emission emission) => operand.Present(emission);

    protected override Truth Fails(Emission emission) =>
        operand.CanBeNull ? Truth.Where($"{operand.Emit(emission)} is null") : Truth.Never;
}

/// <summary>Whether a reference leads to a row. Where the row that it begins at is missing, it is an error.</summary>
internal sealed class PlaceAtom(CelPosition at, Place place) : Atom(at)
{
    protected override Truth Holds(Emission emission)
    {
        if (place.Origin is not null) emission.AliasOf(place);
        return Truth.Always;
    }

    protected override Truth Fails(Emission emission)
    {
        if (place.Origin is null) return Truth.Never;
        var from = emission.AliasOf(place.Origin);
        var alias = emission.Binding.NextAlias();
        var joined = emission.Binding.Reference(place.Via!, place.Shape, alias, from);
        return Truth.Where(Sql.Of($"not exists (select 1 from {place.Shape.Table} {alias} where {joined})"));
    }
}

/// <summary>That an operand is no error; never false, since an error is neither.</summary>
internal sealed class DefinedAtom(CelPosition at, Operand operand) : Atom(at)
{
    protected override Truth Holds(Emission emission)
    {
        switch (operand)
        {
            case ColumnOperand column:
                emission.AliasOf(column.Place);
                return Truth.Always;
            case PlaceOperand { Place.Origin: var origin }:
                if (origin is not null) emission.AliasOf(origin);
                return Truth.Always;
            case Scalar scalar:
                return scalar.Defined(emission);
            case JsonOperand json:
                return json.Exists(emission);
            case BoundOperand bound:
                return Truth.Of(!emission.Binding.Value(bound.Value).IsError);
            default:
                return Truth.Never;
        }
    }

    protected override Truth Fails(Emission emission) => Truth.Never;
}
