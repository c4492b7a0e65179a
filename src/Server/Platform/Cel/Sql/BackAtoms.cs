namespace Castellan.Platform.Cel.Sql;

using Sql = Castellan.Platform.Storage.Sql;

/// <summary>
/// <c>row.back.exists(x, ...)</c>: true where one of the rows fits; false where the condition is false of every one, so
/// that no row is left of which it is true or an error.
/// </summary>
internal sealed class BackExistsAtom(CelPosition at, BackOperand rows, Place item, Condition predicate) : Atom(at)
{
    public override int Size { get; } = Sizes.Sum(1, predicate.Size);

    protected override Truth Holds(Emission emission)
    {
        var from = BackRows.From(emission, rows, item);
        var inner = predicate.True(emission.Binding);
        return inner.IsNever ? Truth.Never : Truth.Where($"exists (select 1 {from}{BackRows.And(inner)})");
    }

    protected override Truth Fails(Emission emission)
    {
        var from = BackRows.From(emission, rows, item);
        var inner = predicate.False(emission.Binding).Otherwise();
        return inner.IsNever ? Truth.Always : Truth.Where($"not exists (select 1 {from}{BackRows.And(inner)})");
    }
}

/// <summary><c>row.back.exists_one(x, ...)</c>: an error where the condition is one of any row.</summary>
internal sealed class BackExistsOneAtom(CelPosition at, BackOperand rows, Place item, Condition predicate) : Atom(at)
{
    public override int Size { get; } = Sizes.Sum(1, predicate.Size, predicate.Size, predicate.Size);

    protected override Truth Holds(Emission emission) => Count(emission, isOne: true);

    protected override Truth Fails(Emission emission) => Count(emission, isOne: false);

    private Truth Count(Emission emission, bool isOne)
    {
        var from = BackRows.From(emission, rows, item);
        var fits = predicate.True(emission.Binding);
        var count = fits.IsNever
            ? Truth.Of(!isOne)
            : isOne
            ? Truth.Where($"(select count(*) {from}{BackRows.And(fits)}) = 1")
            : Truth.Where($"(select count(*) {from}{BackRows.And(fits)}) <> 1");
        from = BackRows.From(emission, rows, item);
        var fails = Truth.All(
            predicate.True(emission.Binding).Otherwise(), predicate.False(emission.Binding).Otherwise());
        return fails.IsNever
            ? count
            : Truth.All(count, Truth.Where($"not exists (select 1 {from}{BackRows.And(fails)})"));
    }
}

internal static class BackRows
{
    public static Sql From(Emission emission, BackOperand rows, Place item)
    {
        var origin = emission.AliasOf(rows.Place);
        var alias = emission.Binding.Enter(item);
        return $"from {item.Shape.Table} {alias} where {emission.Binding.Back(rows.Back, item.Shape, alias, origin)}";
    }

    public static Sql And(Truth inner) => inner.IsAlways ? Sql.Of($"") : Sql.Of($" and {inner.Tight()}");
}
