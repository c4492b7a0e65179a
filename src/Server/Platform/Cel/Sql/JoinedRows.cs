using Castellan.Platform.Storage;

namespace Castellan.Platform.Cel.Sql;

using Sql = Castellan.Platform.Storage.Sql;

/// <summary>Rows that references lead to, each behind the one that it is reached from.</summary>
internal sealed class JoinedRows(Binding binding, IReadOnlyList<Place> places)
{
    private readonly IReadOnlyList<Place> places = places;

    public bool AreThoseOf(JoinedRows? other) =>
        other is not null && places.Count == other.places.Count && places.All(other.places.Contains);

    public JoinedRows With(JoinedRows? others) =>
        others is null ? this : new(binding, [.. places.Union(others.places)]);

    /// <summary>That they are there, and that a condition holds for them.</summary>
    public Sql Exists(Sql? condition)
    {
        Sql tables = new(0, 0), joins = new(0, 0);
        foreach (var (index, place) in places.Index())
        {
            var alias = binding.AliasOf(place);
            if (index > 0)
            {
                tables.AppendLiteral(", ");
                joins.AppendLiteral(" and ");
            }
            tables.AppendFormatted(Sql.Of($"{place.Shape.Table} {alias}"));
            joins.AppendFormatted(binding.Reference(place.Via!, place.Shape, alias, binding.AliasOf(place.Origin!)));
        }
        return condition is null
            ? Sql.Of($"exists (select 1 from {tables} where {joins})")
            : Sql.Of($"exists (select 1 from {tables} where {joins} and {condition})");
    }
}

/// <summary>
/// How rows lead to each other: by a key, within the scope, to rows that are not deleted and that may be led to.
/// </summary>
internal static class Joins
{
    public static Sql Reference(
        this Binding binding, SqlReference reference, SqlShape target, Identifier alias, Identifier from) =>
        $"{alias}.{reference.Key} = {from}.{reference.Column}{Within(binding, target, alias, from)}";

    public static Sql Back(
        this Binding binding, SqlBackReference back, SqlShape target, Identifier alias, Identifier from) =>
        $"{alias}.{back.Column} = {from}.{back.Key}{Within(binding, target, alias, from)}";

    private static Sql Within(Binding binding, SqlShape target, Identifier alias, Identifier from)
    {
        var joined = new Sql(0, 0);
        foreach (var column in target.Scope) joined.AppendFormatted(Sql.Of($" and {alias}.{column} = {from}.{column}"));
        if (target.Deleted is { } deleted) joined.AppendFormatted(Sql.Of($" and {alias}.{deleted} is null"));
        if (target.Visible?.Invoke(binding.Activation, alias) is { IsAlways: false } visible)
            joined.AppendFormatted(Sql.Of($" and {visible.Sql}"));
        return joined;
    }
}
