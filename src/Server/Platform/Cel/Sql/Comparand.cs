using Castellan.Platform.Cel.Library;
using Castellan.Platform.Storage;

namespace Castellan.Platform.Cel.Sql;

internal enum Comparison
{
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>What comes of comparing a column of one kind with a value.</summary>
internal enum ComparandKind
{
    /// <summary>An error: the two cannot be compared, or the value is one.</summary>
    Error,

    /// <summary>False for every value of the column.</summary>
    False,

    /// <summary>True for every value of the column.</summary>
    True,

    /// <summary>The value is null and asked for equality.</summary>
    Null,

    /// <summary>As <see cref="Comparand.Comparison"/> and <see cref="Comparand.Parameter"/> say.</summary>
    Sql,
}

/// <summary>
/// A comparison with a value, brought to one within the column's own kind, because engines round where kinds differ:
/// below 2.5 is at most 2 for an integer. So an index serves, and both engines and the evaluator agree.
/// </summary>
internal readonly record struct Comparand(
    ComparandKind Kind, Comparison Comparison = default, SqlParameter Parameter = default)
{
    private const double TwoTo63 = 9223372036854775808.0;
    private const int NanosPerMs = 1_000_000;

    private static readonly Comparand Error = new(ComparandKind.Error);

    public static Comparand Of(SqlColumnKind kind, Comparison comparison, in CelValue value, SqlDialect dialect)
    {
        if (value.IsError) return Error;
        if (value.IsNull) return comparison == Comparison.Equal ? new(ComparandKind.Null) : Error;
        switch (kind, value.Kind)
        {
            case (SqlColumnKind.Text, CelKind.String):
                return OfText(comparison, value.AsString, dialect);
            case (SqlColumnKind.Bool, CelKind.Bool):
                return Exactly(comparison, SqlParameter.Of(value.AsBool));
            case (SqlColumnKind.TimestampMs, CelKind.Timestamp):
                var floor = SqlParameter.Of((value.Seconds * 1_000) + (value.Nanos / NanosPerMs));
                return value.Nanos % NanosPerMs == 0 ? Exactly(comparison, floor) : JustAbove(comparison, floor);
            case (SqlColumnKind.Int64, CelKind.Int or CelKind.Uint or CelKind.Double):
                return OfInt64(comparison, value);
            case (SqlColumnKind.Double, CelKind.Int or CelKind.Uint or CelKind.Double):
                return OfDouble(comparison, value);
            default:
                return comparison == Comparison.Equal ? new(ComparandKind.False) : Error;
        }
    }

    private static Comparand Exactly(Comparison comparison, SqlParameter parameter) =>
        new(ComparandKind.Sql, comparison, parameter);

    /// <summary>
    /// With something that lies between <paramref name="floor"/> and the next value that a column can hold.
    /// </summary>
    private static Comparand JustAbove(Comparison comparison, SqlParameter floor) => comparison switch
    {
        Comparison.Equal => new(ComparandKind.False),
        Comparison.Less or Comparison.LessOrEqual => Exactly(Comparison.LessOrEqual, floor),
        _ => Exactly(Comparison.Greater, floor),
    };

    /// <summary>With something below, or above, everything that a column can hold.</summary>
    private static Comparand Beyond(Comparison comparison, bool above) => comparison switch
    {
        Comparison.Equal => new(ComparandKind.False),
        Comparison.Less or Comparison.LessOrEqual => new(above ? ComparandKind.True : ComparandKind.False),
        _ => new(above ? ComparandKind.False : ComparandKind.True),
    };

    /// <summary>Texts of PostgreSQL hold no NUL, so one with a NUL lies just above its beginning.</summary>
    private static Comparand OfText(Comparison comparison, string text, SqlDialect dialect)
    {
        var end = dialect == SqlDialect.Postgres ? text.IndexOf('\0', StringComparison.Ordinal) : -1;
        return end < 0
            ? Exactly(comparison, SqlParameter.Of(text))
            : JustAbove(comparison, SqlParameter.Of(text[..end]));
    }

    private static Comparand OfInt64(Comparison comparison, in CelValue value)
    {
        if (value.Kind == CelKind.Int) return Exactly(comparison, SqlParameter.Of(value.AsInt));
        if (value.Kind == CelKind.Uint)
        {
            return value.AsUint <= long.MaxValue
                ? Exactly(comparison, SqlParameter.Of((long)value.AsUint))
                : Beyond(comparison, above: true);
        }
        var number = value.AsDouble;
        if (double.IsNaN(number)) return new(ComparandKind.False);
        if (comparison != Comparison.Equal) return Rounded(comparison, number);
        return number is >= -TwoTo63 and < TwoTo63 && Math.Floor(number) == number
            ? Exactly(comparison, SqlParameter.Of((long)number))
            : new(ComparandKind.False);
    }

    /// <summary>
    /// In order, though not in equality, the language rounds an integer beside a double (<see cref="Numbers.Order"/>).
    /// Rounding keeps the order, so the integers on one side are those up to some last one.
    /// </summary>
    private static Comparand Rounded(Comparison comparison, double number)
    {
        var isBelow = comparison is Comparison.Less or Comparison.GreaterOrEqual
            ? (Func<long, bool>)(whole => whole < number)
            : whole => whole <= number;
        if (!isBelow(long.MinValue)) return Beyond(comparison, above: false);
        if (isBelow(long.MaxValue)) return Beyond(comparison, above: true);
        var (last, next) = (long.MinValue, long.MaxValue);
        while (last + 1 < next)
        {
            var middle = last + (long)((ulong)(next - last) / 2);
            if (isBelow(middle)) last = middle;
            else next = middle;
        }
        return JustAbove(comparison, SqlParameter.Of(last));
    }

    private static Comparand OfDouble(Comparison comparison, in CelValue value)
    {
        var nearest = value.Kind switch
        {
            CelKind.Int => value.AsInt,
            CelKind.Uint => value.AsUint,
            _ => value.AsDouble,
        };
        if (double.IsNaN(nearest)) return new(ComparandKind.False);
        return comparison != Comparison.Equal || Numbers.Compare(CelValue.Of(nearest), value) == 0
            ? Exactly(comparison, SqlParameter.Of(nearest))
            : new(ComparandKind.False);
    }
}
