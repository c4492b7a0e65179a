using Castellan.Platform.Storage;

namespace Castellan.Tests;

/// <summary>The lane of what tests do behind the server's back.</summary>
internal static class TestLane
{
    private static readonly WriteLane Own = new("test");

    public static ValueTask<T> Transact<T>(this IDatabase database, Func<ITransaction, ValueTask<T>> work) =>
        database.Transact(Own, work);

    public static ValueTask<T> Transact<T>(this SqliteWriter writer, Func<ITransaction, ValueTask<T>> work) =>
        writer.Transact(Own, work, WriteCost.Usual);
}
