using Castellan.Contracts.Tables;

namespace Castellan.Contracts.Dropped;

/// <summary>
/// What a contract has dropped: a property, or a whole collection where <paramref name="Property"/> is null. Until
/// <paramref name="ErasedAfter"/> the database keeps it as <paramref name="KeptAs"/>: a table, or a column behind its
/// table's name.
/// </summary>
internal sealed record KeptData(
    long Number, string Collection, string? Property, string KeptAs, DateTimeOffset DroppedAt,
    DateTimeOffset ErasedAfter)
{
    public static KeptData Of(DroppedData dropped, TableNames names, ContractsOptions options) => new(
        dropped.Id, dropped.Collection, dropped.Column, Place(dropped, names), dropped.DroppedAt,
        dropped.DroppedAt + options.DroppedGrace);

    private static string Place(DroppedData dropped, TableNames names) => dropped.Column is null
        ? $"{names.Kept(dropped.Number, dropped.KeptAs)}"
        : $"{names.Records(dropped.Number, dropped.Collection)}.{dropped.KeptAs}";
}
