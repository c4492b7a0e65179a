namespace Castellan.Platform.Cel.Sql;

/// <summary>A condition that is an error unless all the others are true, even if it does not ask them.</summary>
internal sealed class GuardedCondition(IReadOnlyList<Condition> guards, Condition condition) : Condition
{
    public override int Size { get; } = Sizes.Sum([.. guards.Select(guard => guard.Size), condition.Size]);

    public override Truth True(Binding binding) => Within(binding, condition.True(binding));

    public override Truth False(Binding binding) => Within(binding, condition.False(binding));

    private Truth Within(Binding binding, Truth inner) =>
        inner.IsNever ? inner : Truth.All(guards.Select(guard => guard.True(binding)).Append(inner));
}
