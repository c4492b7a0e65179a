using System.Text;
using SQLitePCL;

namespace Castellan.Platform.Storage;

/// <summary>
/// Binds values to statements of one connection. Text and bytes lie in one pinned block, one behind the other, and are
/// bound as they lie there; what does not fit is copied by SQLite.
/// </summary>
internal sealed unsafe class SqliteParameters
{
    private const int BlockBytes = 16 * 1024;
    private static readonly nint CopyIt = -1;
    private readonly byte[] block = GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true);
    private readonly byte* start;
    private int used;

    public SqliteParameters() => start = (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref block[0]);

    /// <summary>Gives the mark to hand to <see cref="Release"/>; SQLite's code in <paramref name="failure"/>.</summary>
    public int Bind(nint statement, ReadOnlySpan<SqlParameter> parameters, out int failure)
    {
        var mark = used;
        failure = raw.SQLITE_OK;
        for (var i = 0; i < parameters.Length && failure == raw.SQLITE_OK; i++)
            failure = Bind(statement, i + 1, parameters[i]);
        return mark;
    }

    /// <summary>When the statement has been reset and its bindings cleared.</summary>
    public void Release(int mark) => used = mark;

    private int Bind(nint statement, int index, in SqlParameter parameter)
    {
        if (parameter.IsNull) return SqliteNative.BindNull(statement, index);
        switch (parameter.Type)
        {
            case SqlType.Int64 or SqlType.Bool:
                return SqliteNative.BindInt64(statement, index, parameter.Number);
            case SqlType.Double:
                return SqliteNative.BindDouble(statement, index, BitConverter.Int64BitsToDouble(parameter.Number));
            case SqlType.Bytes:
                return BindBytes(statement, index, (byte[])parameter.Object!);
            default:
                return BindText(statement, index, (string)parameter.Object!);
        }
    }

    private int BindText(nint statement, int index, string value)
    {
        if (Encoding.UTF8.TryGetBytes(value, block.AsSpan(used), out var length))
        {
            var at = start + used;
            used += length;
            return SqliteNative.BindText(statement, index, at, length, destructor: 0);
        }
        var bytes = Encoding.UTF8.GetBytes(value);
        fixed (byte* at = bytes) return SqliteNative.BindText(statement, index, at, bytes.Length, CopyIt);
    }

    private int BindBytes(nint statement, int index, byte[] value)
    {
        if (value.AsSpan().TryCopyTo(block.AsSpan(used)))
        {
            var at = start + used;
            used += value.Length;
            return SqliteNative.BindBlob(statement, index, at, value.Length, destructor: 0);
        }
        fixed (byte* at = value) return SqliteNative.BindBlob(statement, index, at, value.Length, CopyIt);
    }
}
