using Castellan.Platform.Cel.Evaluation;

namespace Castellan.Platform.Cel.Library;

/// <summary>Operators that compute; what does not fit 64 bits is an error (langdef.md, Overflow).</summary>
internal static class Arithmetic
{
    private static readonly CelValue Overflow = CelValue.Fail("The result does not fit 64 bits.");
    private static readonly CelValue DivideByZero = CelValue.Fail("Divided by zero.");

    public static CelValue Negate(ref Run run, in CelValue x) => x.Kind switch
    {
        CelKind.Int => x.AsInt == long.MinValue ? Overflow : CelValue.Of(-x.AsInt),
        CelKind.Double => CelValue.Of(-x.AsDouble),
        _ => Mismatch.Value("-_", x),
    };

    public static CelValue Add(ref Run run, in CelValue x, in CelValue y) => (x.Kind, y.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => Int((Int128)x.AsInt + y.AsInt),
        (CelKind.Uint, CelKind.Uint) => Uint((Int128)x.AsUint + y.AsUint),
        (CelKind.Double, CelKind.Double) => CelValue.Of(x.AsDouble + y.AsDouble),
        (CelKind.String, CelKind.String) => Concatenation.Of(ref run, x.AsString, y.AsString),
        (CelKind.Bytes, CelKind.Bytes) => Concatenation.Of(ref run, x.AsBytes, y.AsBytes),
        (CelKind.List, CelKind.List) => Concatenation.Of(ref run, x.AsList, y.AsList),
        (CelKind.Duration, CelKind.Duration) => Durations.Of((Int128)x.AsNanos + y.AsNanos),
        (CelKind.Timestamp, CelKind.Duration) => Times.Add(x, y.AsNanos),
        (CelKind.Duration, CelKind.Timestamp) => Times.Add(y, x.AsNanos),
        _ => Mismatch.Value("_+_", x, y),
    };

    public static CelValue Subtract(ref Run run, in CelValue x, in CelValue y) => (x.Kind, y.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => Int((Int128)x.AsInt - y.AsInt),
        (CelKind.Uint, CelKind.Uint) => Uint((Int128)x.AsUint - y.AsUint),
        (CelKind.Double, CelKind.Double) => CelValue.Of(x.AsDouble - y.AsDouble),
        (CelKind.Duration, CelKind.Duration) => Durations.Of((Int128)x.AsNanos - y.AsNanos),
        (CelKind.Timestamp, CelKind.Duration) => Times.Add(x, -(Int128)y.AsNanos),
        (CelKind.Timestamp, CelKind.Timestamp) => Times.Between(x, y),
        _ => Mismatch.Value("_-_", x, y),
    };

    public static CelValue Multiply(ref Run run, in CelValue x, in CelValue y) => (x.Kind, y.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => Int((Int128)x.AsInt * y.AsInt),
        (CelKind.Uint, CelKind.Uint) => Math.BigMul(x.AsUint, y.AsUint, out var low) == 0 ? CelValue.Of(low) : Overflow,
        (CelKind.Double, CelKind.Double) => CelValue.Of(x.AsDouble * y.AsDouble),
        _ => Mismatch.Value("_*_", x, y),
    };

    public static CelValue Divide(ref Run run, in CelValue x, in CelValue y) => (x.Kind, y.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => y.AsInt == 0 ? DivideByZero : Int((Int128)x.AsInt / y.AsInt),
        (CelKind.Uint, CelKind.Uint) => y.AsUint == 0 ? DivideByZero : CelValue.Of(x.AsUint / y.AsUint),
        (CelKind.Double, CelKind.Double) => CelValue.Of(x.AsDouble / y.AsDouble),
        _ => Mismatch.Value("_/_", x, y),
    };

    public static CelValue Modulo(ref Run run, in CelValue x, in CelValue y) => (x.Kind, y.Kind) switch
    {
        // The quotient that belongs to this remainder does not fit.
        (CelKind.Int, CelKind.Int) when x.AsInt == long.MinValue && y.AsInt == -1 => Overflow,
        (CelKind.Int, CelKind.Int) => y.AsInt == 0 ? DivideByZero : CelValue.Of(x.AsInt % y.AsInt),
        (CelKind.Uint, CelKind.Uint) => y.AsUint == 0 ? DivideByZero : CelValue.Of(x.AsUint % y.AsUint),
        _ => Mismatch.Value("_%_", x, y),
    };

    private static CelValue Int(Int128 value) =>
        value >= long.MinValue && value <= long.MaxValue ? CelValue.Of((long)value) : Overflow;

    private static CelValue Uint(Int128 value) =>
        value >= 0 && value <= ulong.MaxValue ? CelValue.Of((ulong)value) : Overflow;
}
