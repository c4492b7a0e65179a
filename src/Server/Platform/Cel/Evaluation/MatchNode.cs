using System.Text.RegularExpressions;
using Castellan.Platform.Cel.Library;

namespace Castellan.Platform.Cel.Evaluation;

/// <summary>A match with a constant pattern, which is compiled once.</summary>
internal sealed class MatchNode : Node
{
    private readonly Node operand;
    private readonly Regex? regex;
    private readonly CelValue wrong;

    public MatchNode(CelPosition at, Node operand, string pattern, CelLimits limits)
        : base(at)
    {
        this.operand = operand;
        (regex, wrong) = Patterns.Compile(pattern, limits);
    }

    protected override CelValue Value(ref Run run)
    {
        var text = operand.Evaluate(ref run);
        if (text.IsError) return text;
        if (text.Kind != CelKind.String) return NoOverload("matches", text);
        if (regex is null) return Placed(wrong);
        if (!run.PayText(text.AsString.Length)) return run.Exhausted();
        var answer = Patterns.IsMatch(regex, text.AsString);
        // Another text would take as long: nothing that absorbs errors goes on to it.
        if (answer.IsError) run.PayAll();
        return Placed(answer);
    }
}
