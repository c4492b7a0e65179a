namespace Castellan.Platform.Cel.Evaluation;

/// <summary>
/// A macro's items, one after the other, in its variable; each is a cost unit beside what is done with it.
/// </summary>
internal abstract class MacroNode(CelPosition at, Node range, int slot) : Node(at)
{
    protected sealed override CelValue Value(ref Run run)
    {
        var over = range.Evaluate(ref run);
        switch (over.Kind)
        {
            case CelKind.Error:
                return over;
            case CelKind.List:
                return OverList(ref run, over.AsList);
            case CelKind.Map:
                return OverKeys(ref run, over.AsMap);
            default:
                return NoOverload("macro", over);
        }
    }

    /// <summary>What the steps have come to so far; <see cref="IsDone"/> ends them.</summary>
    protected struct State
    {
        public CelValue Result;
        public bool IsDone;
        public int Hits;
        public List<CelValue>? Items;
    }

    protected abstract void Start(ref State state);

    protected abstract void Step(ref Run run, ref State state, in CelValue item);

    protected abstract CelValue End(in State state);

    private CelValue OverList(ref Run run, CelList list)
    {
        var state = default(State);
        Start(ref state);
        for (var i = 0; i < list.Count && !state.IsDone; i++)
        {
            if (!run.Pay(1)) return run.Exhausted();
            run.Locals[slot] = list[i];
            Step(ref run, ref state, run.Locals[slot]);
        }
        return End(state);
    }

    private CelValue OverKeys(ref Run run, CelMap map)
    {
        var state = default(State);
        Start(ref state);
        foreach (var key in map.Keys)
        {
            if (state.IsDone) break;
            if (!run.Pay(1)) return run.Exhausted();
            run.Locals[slot] = key;
            Step(ref run, ref state, key);
        }
        return End(state);
    }
}

/// <summary><c>all</c> and <c>exists</c>: like a row of <c>&amp;&amp;</c> or of <c>||</c>.</summary>
internal sealed class QuantifierNode(CelPosition at, Node range, int slot, Node predicate, bool decisive)
    : MacroNode(at, range, slot)
{
    protected override void Start(ref State state) => state.Result = CelValue.Of(!decisive);

    protected override void Step(ref Run run, ref State state, in CelValue item)
    {
        var value = predicate.Evaluate(ref run);
        if (value.Kind == CelKind.Bool)
        {
            if (value.AsBool != decisive) return;
            state.Result = value;
            state.IsDone = true;
            return;
        }
        if (!state.Result.IsError) state.Result = value.IsError ? value : NoOverload("condition", value);
    }

    protected override CelValue End(in State state) => state.Result;
}

internal sealed class ExistsOneNode(CelPosition at, Node range, int slot, Node predicate) : MacroNode(at, range, slot)
{
    protected override void Start(ref State state)
    {
        // Nothing is found yet.
    }

    protected override void Step(ref Run run, ref State state, in CelValue item)
    {
        var value = predicate.Evaluate(ref run);
        if (value.IsTrue) state.Hits++;
        if (value.Kind == CelKind.Bool) return;
        state.Result = value.IsError ? value : NoOverload("condition", value);
        state.IsDone = true;
    }

    protected override CelValue End(in State state) => state.Result.IsError
        ? state.Result : CelValue.Of(state.Hits == 1);
}

/// <summary><c>map</c> and <c>filter</c>: those that meet the condition, as what they become.</summary>
internal sealed class CollectNode(CelPosition at, Node range, int slot, Node? predicate, Node? transform)
    : MacroNode(at, range, slot)
{
    protected override void Start(ref State state) => state.Items = [];

    protected override void Step(ref Run run, ref State state, in CelValue item)
    {
        var kept = item;
        if (predicate is not null)
        {
            var value = predicate.Evaluate(ref run);
            if (value.IsFalse) return;
            if (!value.IsTrue)
            {
                Stop(ref state, value.IsError ? value : NoOverload("condition", value));
                return;
            }
        }
        if (transform is not null) kept = transform.Evaluate(ref run);
        if (kept.IsError) Stop(ref state, kept);
        else if (state.Items!.Count >= run.Limits.Items) Stop(ref state,
            Fail($"A list has more than {run.Limits.Items} items."));
        else state.Items.Add(kept);
    }

    protected override CelValue End(in State state) =>
        state.Result.IsError ? state.Result : CelValue.Of([.. state.Items!]);

    private static void Stop(ref State state, CelValue error)
    {
        state.Result = error;
        state.IsDone = true;
    }
}
