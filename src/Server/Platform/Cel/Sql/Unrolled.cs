namespace Castellan.Platform.Cel.Sql;

/// <summary>
/// <c>list.exists(x, ...)</c> where the request brings the list and the condition asks the row: an <c>or</c> of the
/// condition with each item. <c>all</c> is the same of what is not so.
/// </summary>
/// <param name="at">The macro.</param>
/// <param name="range">The list, or a map for its keys.</param>
/// <param name="item">The variable, among those of unrolled lists.</param>
/// <param name="predicate">Asked of each item.</param>
internal sealed class UnrolledCondition(CelPosition at, BoundValue range, int item, Condition predicate) : Condition
{
    public override int Size => predicate.Size;

    public override Truth True(Binding binding) => Join(binding, isTrue: true);

    public override Truth False(Binding binding) => Join(binding, isTrue: false);

    private Truth Join(Binding binding, bool isTrue)
    {
        if (Lists.Of(binding, range, at) is not { } items) return Truth.Never;
        Lists.Pad(items);
        var parts = new List<Truth>(items.Count);
        foreach (var value in items)
        {
            binding.SetItem(item, value);
            var part = isTrue ? predicate.True(binding) : predicate.False(binding);
            if (isTrue ? part.IsAlways : part.IsNever) return part;
            parts.Add(part);
        }
        return isTrue ? Truth.Any(parts) : Truth.All(parts);
    }
}
