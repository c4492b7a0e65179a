using Castellan.Platform.Storage;

namespace Castellan.Platform.Cel.Sql;

using Sql = Castellan.Platform.Storage.Sql;

/// <summary>
/// The texts of comparisons. Equality of what is not null is a plain <c>=</c>, so that indexes serve.
/// </summary>
internal static class Comparisons
{
    private static readonly Raw Equal = new("=");
    private static readonly Raw Less = new("<");
    private static readonly Raw LessOrEqual = new("<=");
    private static readonly Raw Greater = new(">");
    private static readonly Raw GreaterOrEqual = new(">=");

    /// <summary>The same comparison with its sides changed.</summary>
    public static Comparison Mirrored(Comparison comparison) => comparison switch
    {
        Comparison.Less => Comparison.Greater,
        Comparison.LessOrEqual => Comparison.GreaterOrEqual,
        Comparison.Greater => Comparison.Less,
        Comparison.GreaterOrEqual => Comparison.LessOrEqual,
        _ => comparison,
    };

    public static Truth True(Emission emission, Scalar left, Comparison comparison, in CelValue value)
    {
        var right = Comparand.Of(left.Kind, comparison, value, emission.Binding.Dialect);
        switch (right.Kind)
        {
            case ComparandKind.Sql:
                return Truth.Where($"{left.Emit(emission)} {Sign(right.Comparison)} {right.Parameter}");
            case ComparandKind.True:
                return left.Present(emission);
            case ComparandKind.Null when left.CanBeNull:
                return Truth.Where($"{left.Emit(emission)} is null");
            default:
                return Truth.Never;
        }
    }

    public static Truth False(Emission emission, Scalar left, Comparison comparison, in CelValue value)
    {
        var right = Comparand.Of(left.Kind, comparison, value, emission.Binding.Dialect);
        switch (right.Kind)
        {
            case ComparandKind.Sql when right.Comparison != Comparison.Equal:
                return Truth.Where($"{left.Emit(emission)} {Sign(Opposite(right.Comparison))} {right.Parameter}");
            case ComparandKind.Sql when left.CanBeNull:
                return Truth.Where($"{left.Emit(emission)} is distinct from {right.Parameter}");
            case ComparandKind.Sql:
                return Truth.Where($"{left.Emit(emission)} <> {right.Parameter}");
            case ComparandKind.Null when left.CanBeNull:
                return left.Present(emission);
            case ComparandKind.Null:
                return left.Defined(emission);
            case ComparandKind.False:
                return comparison == Comparison.Equal ? left.Defined(emission) : left.Present(emission);
            default:
                return Truth.Never;
        }
    }

    public static Truth True(Emission emission, Scalar left, Comparison comparison, Scalar right)
    {
        Sql first = left.Emit(emission), second = right.Emit(emission);
        var plain = Truth.Where($"{first} {Sign(comparison)} {second}");
        if (comparison != Comparison.Equal || !left.CanBeNull || !right.CanBeNull) return plain;
        return Truth.Any(plain, Truth.Where($"{first} is null and {second} is null"));
    }

    public static Truth False(Emission emission, Scalar left, Comparison comparison, Scalar right)
    {
        Sql first = left.Emit(emission), second = right.Emit(emission);
        if (comparison != Comparison.Equal) return Truth.Where($"{first} {Sign(Opposite(comparison))} {second}");
        if (left.CanBeNull && right.CanBeNull) return Truth.Where($"{first} is distinct from {second}");
        var plain = Truth.Where($"{first} <> {second}");
        // What is null in SQL on the other side is an error, which is not unequal to null.
        if (left.CanBeNull) return Truth.Any(plain, Truth.Where($"{first} is null and {second} is not null"));
        if (right.CanBeNull) return Truth.Any(plain, Truth.Where($"{second} is null and {first} is not null"));
        return plain;
    }

    private static Comparison Opposite(Comparison comparison) => comparison switch
    {
        Comparison.Less => Comparison.GreaterOrEqual,
        Comparison.LessOrEqual => Comparison.Greater,
        Comparison.Greater => Comparison.LessOrEqual,
        _ => Comparison.Less,
    };

    private static Raw Sign(Comparison comparison) => comparison switch
    {
        Comparison.Equal => Equal,
        Comparison.Less => Less,
        Comparison.LessOrEqual => LessOrEqual,
        Comparison.Greater => Greater,
        _ => GreaterOrEqual,
    };
}
