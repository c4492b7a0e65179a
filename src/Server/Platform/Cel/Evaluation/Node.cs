namespace Castellan.Platform.Cel.Evaluation;

/// <summary>A tree made once for a program and evaluated many times, by many threads.</summary>
internal abstract class Node(CelPosition at)
{
    protected CelPosition At => at;

    public CelValue Evaluate(ref Run run) => run.Pay(1) ? Value(ref run) : run.Exhausted();

    protected abstract CelValue Value(ref Run run);

    /// <summary>An error that has no place yet happened here.</summary>
    protected CelValue Placed(CelValue value)
    {
        if (!value.IsError || value.AsError.Line != 0) return value;
        return CelValue.Of(value.AsError with { Line = at.Line, Column = at.Column });
    }

    protected CelValue Fail(string message, string? hint = null) => CelValue.Of(CelError.At(at, message, hint));

    protected CelValue NoOverload(string function, CelValue value) => Fail(Mismatch.Of(function, value));
}

/// <summary>What to say of arguments that no overload takes.</summary>
internal static class Mismatch
{
    public static string Of(string function, params ReadOnlySpan<CelValue> values)
    {
        var types = new string[values.Length];
        for (var i = 0; i < values.Length; i++) types[i] = Library.Types.Of(values[i]).ToString();
        return $"No such overload: {function}({string.Join(", ", types)}).";
    }

    public static CelValue Value(string function, params ReadOnlySpan<CelValue> values) =>
        CelValue.Fail(Of(function, values));
}

internal sealed class ConstantNode(CelPosition at, CelValue value) : Node(at)
{
    protected override CelValue Value(ref Run run) => value;
}

internal sealed class VariableNode(CelPosition at, int index) : Node(at)
{
    protected override CelValue Value(ref Run run) => Placed(run.Activation.Variable(index));
}

internal sealed class LocalNode(CelPosition at, int slot) : Node(at)
{
    protected override CelValue Value(ref Run run) => run.Locals[slot];
}

internal sealed class UnknownNode(CelPosition at, string message) : Node(at)
{
    protected override CelValue Value(ref Run run) => Fail(message);
}

/// <summary>A field of a declared object; the test says whether it is not null.</summary>
internal sealed class FieldNode(CelPosition at, Node operand, CelField field, bool isTest) : Node(at)
{
    protected override CelValue Value(ref Run run)
    {
        var value = operand.Evaluate(ref run);
        if (value.Kind != CelKind.Object)
            return value.IsError ? value : NoOverload("." + field.Name, value);
        var found = Placed(value.AsObject.Field(field));
        return isTest && !found.IsError ? CelValue.Of(!found.IsNull) : found;
    }
}

/// <summary>A field of what only the evaluation knows: a map's key, or an object's field.</summary>
internal sealed class SelectNode(CelPosition at, Node operand, string name, bool isTest) : Node(at)
{
    private readonly CelValue key = CelValue.OfKnown(name);

    protected override CelValue Value(ref Run run)
    {
        var value = operand.Evaluate(ref run);
        switch (value.Kind)
        {
            case CelKind.Error:
                return value;
            case CelKind.Map:
                var isThere = value.AsMap.TryGet(key, out var found);
                if (isTest) return CelValue.Of(isThere);
                return isThere ? Placed(found) : Fail($"No such key: '{name}'.");
            case CelKind.Object when value.AsObject.Type.Fields.TryGetValue(name, out var field):
                var content = Placed(value.AsObject.Field(field));
                return isTest && !content.IsError ? CelValue.Of(!content.IsNull) : content;
            case CelKind.Object:
                return Fail($"No such field: '{name}'.");
            default:
                return NoOverload("." + name, value);
        }
    }
}
