namespace Castellan.Platform.Cel.Sql;

using Sql = Castellan.Platform.Storage.Sql;

/// <summary>A part of an expression that is compared with another one.</summary>
internal abstract record Operand;

/// <summary>What the evaluator knows before any row is read.</summary>
internal sealed record BoundOperand(BoundValue Value) : Operand;

/// <summary>A row itself, or null where a reference leads to none.</summary>
internal sealed record PlaceOperand(Place Place) : Operand;

/// <summary>The rows that refer to a place.</summary>
internal sealed record BackOperand(Place Place, SqlBackReference Back) : Operand;

/// <summary>A value of one kind that SQL computes of a row.</summary>
internal abstract record Scalar(SqlColumnKind Kind) : Operand
{
    /// <summary>Null in SQL is the language's null.</summary>
    public virtual bool CanBeNull => false;

    /// <summary>Null in SQL is an error.</summary>
    public virtual bool CanFail => false;

    public abstract Sql Emit(Emission emission);

    /// <summary>Where it is no error.</summary>
    public Truth Defined(Emission emission) => NotNull(emission, CanFail);

    /// <summary>Where it is neither an error nor null.</summary>
    public Truth Present(Emission emission) => NotNull(emission, CanFail || CanBeNull);

    private Truth NotNull(Emission emission, bool isAsked)
    {
        // Also where nothing is asked: the rows that it speaks of have to be there.
        var emitted = Emit(emission);
        return isAsked ? Truth.Where($"{emitted} is not null") : Truth.Always;
    }
}

internal sealed record ColumnOperand(Place Place, SqlColumn Column) : Scalar(Column.Kind)
{
    public override bool CanBeNull => Column.IsNullable;

    public override Sql Emit(Emission emission) => emission.Column(Place, Column.Name);
}

/// <summary>A function of a text, which is an error of null.</summary>
internal abstract record TextFunction(Scalar Text, SqlColumnKind Kind) : Scalar(Kind)
{
    public override bool CanFail => Text.CanBeNull || Text.CanFail;
}

/// <summary>Both engines change ASCII letters only: SQLite always, PostgreSQL in collation C.</summary>
internal sealed record CaseOperand(Scalar Text, bool IsLower) : TextFunction(Text, SqlColumnKind.Text)
{
    public override Sql Emit(Emission emission) =>
        IsLower ? Sql.Of($"lower({Text.Emit(emission)})") : Sql.Of($"upper({Text.Emit(emission)})");
}

/// <summary>Code points.</summary>
internal sealed record LengthOperand(Scalar Text) : TextFunction(Text, SqlColumnKind.Int64)
{
    /// <summary>
    /// SQLite's length() ends at a NUL. Its instr() counts characters past it, so it is asked where a byte stands that
    /// is in no UTF-8.
    /// </summary>
    public override Sql Emit(Emission emission) => emission.IsPostgres
        ? Sql.Of($"char_length({Text.Emit(emission)})")
        : Sql.Of($"(instr({Text.Emit(emission)} || cast(x'ff' as text), cast(x'ff' as text)) - 1)");
}

/// <summary>How many rows refer to a place.</summary>
internal sealed record CountOperand(BackOperand Rows) : Scalar(SqlColumnKind.Int64)
{
    public override Sql Emit(Emission emission)
    {
        var (place, back) = Rows;
        var target = back.Target();
        var origin = emission.AliasOf(place);
        var alias = emission.Binding.NextAlias();
        var joined = emission.Binding.Back(back, target, alias, origin);
        return $"(select count(*) from {target.Table} {alias} where {joined})";
    }
}
