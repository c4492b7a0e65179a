namespace Castellan.Platform.Cel.Sql;

/// <summary>
/// A bool of the language, or an error. Two conditions of SQL stand for it: one holds exactly where it is true, the
/// other exactly where it is false; where it is an error neither does. Logical operators absorb errors, so both are
/// made of those of the parts without a loss.
/// </summary>
internal abstract class Condition
{
    /// <summary>Comparisons that either of the two may have at most, apart from lists that a request unrolls.</summary>
    public virtual int Size => 1;

    public abstract Truth True(Binding binding);

    public abstract Truth False(Binding binding);
}

/// <summary>What does not depend on the row: the evaluator decides it once for a request.</summary>
internal sealed class BoundCondition(BoundValue value) : Condition
{
    public override int Size => 0;

    public override Truth True(Binding binding) => Truth.Of(binding.Value(value).IsTrue);

    public override Truth False(Binding binding) => Truth.Of(binding.Value(value).IsFalse);
}

internal sealed class NotCondition(Condition operand) : Condition
{
    public override int Size => operand.Size;

    public override Truth True(Binding binding) => operand.False(binding);

    public override Truth False(Binding binding) => operand.True(binding);
}

/// <summary><c>&amp;&amp;</c>; an <c>||</c> is the same of what is not so.</summary>
internal sealed class AndCondition(Condition left, Condition right) : Condition
{
    public override int Size { get; } = Sizes.Sum(left.Size, right.Size);

    public static Condition Or(Condition left, Condition right) =>
        new NotCondition(new AndCondition(new NotCondition(left), new NotCondition(right)));

    public override Truth True(Binding binding)
    {
        var first = left.True(binding);
        return first.IsNever ? first : Truth.All(first, right.True(binding));
    }

    public override Truth False(Binding binding)
    {
        var first = left.False(binding);
        return first.IsAlways ? first : Truth.Any(first, right.False(binding));
    }
}

/// <summary><c>c ? a : b</c> of bools: the branch that is not taken may be an error.</summary>
internal sealed class ChoiceCondition(Condition condition, Condition then, Condition otherwise) : Condition
{
    public override int Size { get; } = Sizes.Sum(condition.Size, condition.Size, then.Size, otherwise.Size);

    public override Truth True(Binding binding) =>
        Choose(binding, then.True(binding), otherwise.True(binding));

    public override Truth False(Binding binding) =>
        Choose(binding, then.False(binding), otherwise.False(binding));

    private Truth Choose(Binding binding, Truth first, Truth second) => Truth.Any(
        Truth.All(condition.True(binding), first), Truth.All(condition.False(binding), second));
}

/// <summary>Stands for what was refused, so that the rest is still looked at.</summary>
internal sealed class RefusedCondition : Condition
{
    public static RefusedCondition Instance { get; } = new();

    public override Truth True(Binding binding) => Truth.Never;

    public override Truth False(Binding binding) => Truth.Never;
}

internal static class Sizes
{
    private const int Ceiling = 1_000_000;

    public static int Sum(params ReadOnlySpan<int> sizes)
    {
        long sum = 0;
        foreach (var size in sizes) sum += size;
        return (int)Math.Min(sum, Ceiling);
    }
}
