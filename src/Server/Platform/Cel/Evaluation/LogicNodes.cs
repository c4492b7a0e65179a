namespace Castellan.Platform.Cel.Evaluation;

/// <summary>
/// <c>&amp;&amp;</c> and <c>||</c> (langdef.md, Logical Operators): one operand that decides is enough, even if the
/// other is an error.
/// </summary>
internal sealed class LogicNode(CelPosition at, Node left, Node right, bool decisive) : Node(at)
{
    protected override CelValue Value(ref Run run)
    {
        var first = left.Evaluate(ref run);
        if (Decides(first)) return first;
        var second = right.Evaluate(ref run);
        if (Decides(second)) return second;
        if (first.IsError) return first;
        if (second.IsError) return second;
        if (first.Kind == CelKind.Bool && second.Kind == CelKind.Bool) return second;
        return Fail(Mismatch.Of(decisive ? "_||_" : "_&&_", first, second));
    }

    private bool Decides(in CelValue value) => value.Kind == CelKind.Bool && value.AsBool == decisive;
}

internal sealed class NotNode(CelPosition at, Node operand) : Node(at)
{
    protected override CelValue Value(ref Run run)
    {
        var value = operand.Evaluate(ref run);
        if (value.Kind == CelKind.Bool) return CelValue.Of(!value.AsBool);
        return value.IsError ? value : NoOverload("!_", value);
    }
}

internal sealed class ConditionalNode(CelPosition at, Node condition, Node then, Node otherwise) : Node(at)
{
    protected override CelValue Value(ref Run run)
    {
        var value = condition.Evaluate(ref run);
        if (value.Kind == CelKind.Bool) return value.AsBool ? then.Evaluate(ref run) : otherwise.Evaluate(ref run);
        return value.IsError ? value : NoOverload("_?_:_", value);
    }
}

internal sealed class EqualNode(CelPosition at, Node left, Node right, bool isNegated) : Node(at)
{
    protected override CelValue Value(ref Run run)
    {
        var first = left.Evaluate(ref run);
        if (first.IsError) return first;
        var second = right.Evaluate(ref run);
        if (second.IsError) return second;
        return CelValue.Of(Equality.AreEqual(ref run, first, second) != isNegated);
    }
}
