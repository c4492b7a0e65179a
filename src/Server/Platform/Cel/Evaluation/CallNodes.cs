using System.Runtime.CompilerServices;

namespace Castellan.Platform.Cel.Evaluation;

/// <summary>A function of the language with one argument; an error it returns is placed where it was called.</summary>
internal delegate CelValue Unary(ref Run run, in CelValue value);

internal delegate CelValue Binary(ref Run run, in CelValue left, in CelValue right);

internal delegate CelValue Variadic(ref Run run, ReadOnlySpan<CelValue> args);

internal sealed class UnaryNode(CelPosition at, Unary function, Node operand) : Node(at)
{
    protected override CelValue Value(ref Run run)
    {
        var value = operand.Evaluate(ref run);
        return value.IsError ? value : Placed(function(ref run, value));
    }
}

internal sealed class BinaryNode(CelPosition at, Binary function, Node left, Node right) : Node(at)
{
    protected override CelValue Value(ref Run run)
    {
        var first = left.Evaluate(ref run);
        if (first.IsError) return first;
        var second = right.Evaluate(ref run);
        return second.IsError ? second : Placed(function(ref run, first, second));
    }
}

/// <summary>Up to four arguments lie on the stack.</summary>
[InlineArray(Count)]
internal struct FewArguments
{
    public const int Count = 4;

    private CelValue first;
}

internal abstract class ManyNode(CelPosition at, Node[] operands) : Node(at)
{
    protected sealed override CelValue Value(ref Run run)
    {
        if (operands.Length > FewArguments.Count) return Value(ref run, new CelValue[operands.Length]);
        var few = default(FewArguments);
        return Value(ref run, ((Span<CelValue>)few)[..operands.Length]);
    }

    protected abstract CelValue Call(ref Run run, ReadOnlySpan<CelValue> args);

    private CelValue Value(ref Run run, Span<CelValue> args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            args[i] = operands[i].Evaluate(ref run);
            if (args[i].IsError) return args[i];
        }
        return Placed(Call(ref run, args));
    }
}

internal sealed class VariadicNode(CelPosition at, Variadic function, Node[] operands) : ManyNode(at, operands)
{
    protected override CelValue Call(ref Run run, ReadOnlySpan<CelValue> args) => function(ref run, args);
}

/// <summary>A function of the environment: the first overload that the values fit.</summary>
internal sealed class DeclaredNode(CelPosition at, CelFunction[] overloads, Node[] operands) : ManyNode(at, operands)
{
    protected override CelValue Call(ref Run run, ReadOnlySpan<CelValue> args)
    {
        foreach (var overload in overloads)
        {
            if (Fits(overload, args)) return overload.Body(run.Activation, args);
        }
        return Fail(Mismatch.Of(overloads[0].Name, args));
    }

    private static bool Fits(CelFunction overload, ReadOnlySpan<CelValue> args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (!Library.Types.Fits(args[i], overload.Parameters[i])) return false;
        }
        return true;
    }
}

internal sealed class ListNode(CelPosition at, Node[] items) : Node(at)
{
    protected override CelValue Value(ref Run run)
    {
        if (items.Length > run.Limits.Items) return Fail($"A list has more than {run.Limits.Items} items.");
        var values = new CelValue[items.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = items[i].Evaluate(ref run);
            if (values[i].IsError) return values[i];
        }
        return CelValue.Of(values);
    }
}

internal sealed class MapNode(CelPosition at, Node[] keys, Node[] values) : Node(at)
{
    protected override CelValue Value(ref Run run)
    {
        if (keys.Length > run.Limits.Items) return Fail($"A map has more than {run.Limits.Items} entries.");
        var entries = new KeyValuePair<CelValue, CelValue>[keys.Length];
        var seen = new HashSet<CelValue>(keys.Length, CelEntries.KeyComparer.Instance);
        for (var i = 0; i < keys.Length; i++)
        {
            var key = keys[i].Evaluate(ref run);
            if (key.IsError) return key;
            if (key.Kind is not (CelKind.Bool or CelKind.Int or CelKind.Uint or CelKind.String))
                return NoOverload("a map's key", key);
            if (!seen.Add(key)) return Fail($"The key {key} is there twice.");
            var value = values[i].Evaluate(ref run);
            if (value.IsError) return value;
            entries[i] = new(key, value);
        }
        return CelValue.Of(new CelEntries(entries));
    }
}
