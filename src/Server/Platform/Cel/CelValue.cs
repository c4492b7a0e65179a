using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Castellan.Platform.Cel;

/// <summary>
/// A value of the language, or the error that took its place. Errors are values, because the logical operators absorb
/// them. The default is null. Numbers and times lie in the structure itself, so most values cost no allocation.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct CelValue
{
    private readonly object? reference;
    private readonly long bits;
    private readonly int nanos;

    private CelValue(CelKind kind, long bits, object? reference = null, int nanos = 0)
    {
        Kind = kind;
        this.bits = bits;
        this.reference = reference;
        this.nanos = nanos;
    }

    public static CelValue Null => default;

    public static CelValue True { get; } = new(CelKind.Bool, 1);

    public static CelValue False { get; } = new(CelKind.Bool, 0);

    public CelKind Kind { get; }

    public bool IsError => Kind == CelKind.Error;

    public bool IsNull => Kind == CelKind.Null;

    public bool IsTrue => Kind == CelKind.Bool && bits != 0;

    public bool IsFalse => Kind == CelKind.Bool && bits == 0;

    public bool AsBool => bits != 0;

    public long AsInt => bits;

    public ulong AsUint => (ulong)bits;

    public double AsDouble => BitConverter.Int64BitsToDouble(bits);

    public string AsString => (string)reference!;

    public byte[] AsBytes => (byte[])reference!;

    /// <summary>Of a timestamp: seconds since 1970.</summary>
    public long Seconds => bits;

    /// <summary>Of a timestamp: nanoseconds beyond <see cref="Seconds"/>, from 0 to 999,999,999.</summary>
    public int Nanos => nanos;

    /// <summary>Of a duration: all of it, in nanoseconds.</summary>
    public long AsNanos => bits;

    public CelList AsList => (CelList)reference!;

    public CelMap AsMap => (CelMap)reference!;

    public ICelObject AsObject => (ICelObject)reference!;

    public CelType AsType => (CelType)reference!;

    public CelError AsError => (CelError)reference!;

    public static CelValue Of(bool value) => value ? True : False;

    public static CelValue Of(long value) => new(CelKind.Int, value);

    public static CelValue Of(ulong value) => new(CelKind.Uint, (long)value);

    public static CelValue Of(double value) => new(CelKind.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>Null becomes null; a text with half of a surrogate pair, which is no Unicode, an error.</summary>
    public static CelValue Of(string? text)
    {
        if (text is null) return Null;
        return CelText.IsUnicode(text) ? OfKnown(text) : Fail("The text holds half of a surrogate pair.");
    }

    /// <summary>A text that is known to be Unicode.</summary>
    public static CelValue OfKnown(string text) => new(CelKind.String, 0, text);

    /// <summary>The array must not change afterwards.</summary>
    public static CelValue Of(byte[] bytes) => new(CelKind.Bytes, 0, bytes);

    public static CelValue Of(DateTimeOffset time)
    {
        var ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        if (rest < 0) (seconds, rest) = (seconds - 1, rest + TimeSpan.TicksPerSecond);
        return OfTimestamp(seconds, (int)rest * 100);
    }

    /// <summary><paramref name="nanos"/> from 0 to 999,999,999; the range of years is the caller's to check.</summary>
    public static CelValue OfTimestamp(long seconds, int nanos) => new(CelKind.Timestamp, seconds, null, nanos);

    public static CelValue OfDuration(long nanos) => new(CelKind.Duration, nanos);

    public static CelValue Of(CelList list) => new(CelKind.List, 0, list);

    public static CelValue Of(params CelValue[] items) => new(CelKind.List, 0, new CelArray(items));

    public static CelValue Of(CelMap map) => new(CelKind.Map, 0, map);

    public static CelValue Of(ICelObject value) => new(CelKind.Object, 0, value);

    public static CelValue Of(CelType type) => new(CelKind.Type, 0, type);

    public static CelValue Of(CelError error) => new(CelKind.Error, 0, error);

    /// <summary>An error without a place yet; the node that sees it first adds its own.</summary>
    public static CelValue Fail(string message, string? hint = null) =>
        new(CelKind.Error, 0, new CelError(0, 0, message, hint));

    [SuppressMessage("Design", "MA0138", Justification = "A name for people, not a method of tasks.")]
    public override string ToString() => CelText.Describe(this);
}
