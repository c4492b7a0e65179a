using System.Text;
using Castellan.Platform.Json;

namespace Castellan.Platform.Storage;

/// <summary>
/// The current row of a result, read column after column in the order of the select list, so that a store's
/// <c>Columns</c> constant and <c>Read</c> function stand side by side and need no numbers.
/// </summary>
internal abstract class Row
{
    protected int Next { get; private set; }

    public string Text() => TextAt(Advance()) ?? throw new InvalidOperationException($"Column {Next - 1} is null.");

    public string? TextOrNull() => TextAt(Advance());

    public long Int64() => Int64At(Advance()) ?? throw new InvalidOperationException($"Column {Next - 1} is null.");

    public long? Int64OrNull() => Int64At(Advance());

    public int Int32() => checked((int)Int64());

    public double Double() => DoubleOrNull() ?? throw new InvalidOperationException($"Column {Next - 1} is null.");

    public double? DoubleOrNull() => DoubleAt(Advance());

    public bool Bool() => BoolOrNull() ?? throw new InvalidOperationException($"Column {Next - 1} is null.");

    public bool? BoolOrNull() => BoolAt(Advance());

    public byte[] Bytes() => BytesAt(Advance()) ?? throw new InvalidOperationException($"Column {Next - 1} is null.");

    public byte[]? BytesOrNull() => BytesAt(Advance());

    public DateTimeOffset Time() => DateTimeOffset.FromUnixTimeMilliseconds(Int64());

    public DateTimeOffset? TimeOrNull() =>
        Int64OrNull() is { } milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;

    public Id<TKind> Id<TKind>()
        where TKind : IIdKind => new(Text());

    public Id<TKind>? IdOrNull<TKind>()
        where TKind : IIdKind => TextOrNull() is { } text ? new Id<TKind>(text) : null;

    /// <summary>Writes the next column as a JSON string. False, and nothing, where it is null.</summary>
    public virtual bool WriteText(JsonBytes output)
    {
        if (TextAt(Advance()) is not { } text) return false;
        output.Text(text);
        return true;
    }

    /// <summary>Writes the next column, which holds JSON, as it is. False, and nothing, where it is null.</summary>
    public virtual bool WriteJson(JsonBytes output)
    {
        if (TextAt(Advance()) is not { } text) return false;
        output.Raw(Encoding.UTF8.GetBytes(text));
        return true;
    }

    protected void Rewind() => Next = 0;

    protected abstract string? TextAt(int column);

    protected abstract long? Int64At(int column);

    protected abstract double? DoubleAt(int column);

    protected abstract bool? BoolAt(int column);

    protected abstract byte[]? BytesAt(int column);

    protected int Advance() => Next++;
}
