using Castellan.Platform.Cel.Syntax;

namespace Castellan.Platform.Cel.Explaining;

/// <summary>Whether a field's values may appear in an explanation.</summary>
internal delegate bool CelMayShow(CelObjectType type, CelField field);

/// <summary>
/// Why an expression is not true: the comparisons that would have had to hold, with what they compared. Values that
/// come of fields which may not be shown are left out, and so are the errors about them.
/// </summary>
internal sealed class CelTrace
{
    /// <summary>Comparisons that are told; a person reads no more.</summary>
    public const int AtomsMax = 20;

    /// <summary>Parts that are evaluated anew.</summary>
    private const int StepsMax = 200;

    /// <summary>UTF-16 units of a source text.</summary>
    private const int SourceMax = 200;

    private const int ValuesMax = 6;

    private readonly CelProgram program;
    private readonly ICelActivation activation;
    private readonly CelMayShow mayShow;
    private int steps;
    private int atoms;

    private CelTrace(CelProgram program, ICelActivation activation, CelMayShow mayShow) =>
        (this.program, this.activation, this.mayShow) = (program, activation, mayShow);

    /// <summary>Null where the expression is true after all.</summary>
    public static CelReason? Explain(CelProgram program, ICelActivation activation, CelMayShow mayShow) =>
        new CelTrace(program, activation, mayShow).Visit(program.Root, wanted: true);

    /// <summary>Null where it comes to what is wanted, or nothing more is told.</summary>
    private CelReason? Visit(CelExpr expr, bool wanted)
    {
        if (++steps > StepsMax || atoms >= AtomsMax) return null;
        var value = Evaluate(expr);
        if (wanted ? value.IsTrue : value.IsFalse) return null;
        switch (expr)
        {
            case CelCall { Declared: null, Function: CelOperators.Not } not:
                return Visit(not.Args[0], !wanted);
            case CelCall { Declared: null, Function: CelOperators.And or CelOperators.Or } logic:
                return Logic(logic, value, wanted);
            case CelCall { Declared: null, Function: CelOperators.Conditional } choice:
                return Choice(choice, wanted);
            default:
                atoms++;
                return Reason(expr, value, wanted) with { Values = [.. Compared(expr).Take(ValuesMax)] };
        }
    }

    private CelReason? Logic(CelCall logic, in CelValue value, bool wanted)
    {
        List<CelReason> parts = [];
        foreach (var operand in Flattened(logic, logic.Function))
        {
            if (Visit(operand, wanted) is { } part) parts.Add(part);
        }
        if (parts.Count <= 1) return parts.FirstOrDefault();
        // One false operand of && is enough for false.
        var isOneEnough = logic.Function == CelOperators.Or == wanted;
        return Reason(logic, value, wanted) with
        {
            Join = isOneEnough ? CelJoin.OneOf : CelJoin.AllOf,
            Parts = parts,
        };
    }

    private CelReason? Choice(CelCall choice, bool wanted)
    {
        var condition = Evaluate(choice.Args[0]);
        if (condition.Kind == CelKind.Bool) return Visit(choice.Args[condition.AsBool ? 1 : 2], wanted);
        return Visit(choice.Args[0], wanted: true);
    }

    private static IEnumerable<CelExpr> Flattened(CelExpr expr, string function) =>
        expr is CelCall { Declared: null } call && call.Function == function
            ? call.Args.SelectMany(arg => Flattened(arg, function))
            : [expr];

    private CelReason Reason(CelExpr expr, in CelValue value, bool wanted)
    {
        var outcome = value.IsTrue ? CelOutcome.True : value.IsFalse ? CelOutcome.False : CelOutcome.Error;
        var error = value.IsError && IsShown(expr) ? value.AsError.Message : null;
        return new(expr.At, Text(expr), wanted, outcome, error);
    }

    /// <summary>The operands that are no constants, each with its value.</summary>
    private IEnumerable<CelCompared> Compared(CelExpr expr)
    {
        IEnumerable<CelExpr> operands = expr switch
        {
            CelComprehension macro => [macro.Range],
            CelSelect { TestOnly: true } or CelIdent or CelSelect => [],
            _ => expr.Children(),
        };
        foreach (var operand in operands)
        {
            if (operand.Reads().Count == 0) continue;
            var value = Evaluate(operand);
            if (!IsShown(operand)) yield return new(Text(operand), null);
            else if (!value.IsError) yield return new(Text(operand), Described(value));
        }
    }

    private static string Described(in CelValue value) => value.Kind switch
    {
        CelKind.List => $"a list of {value.AsList.Count}{Items(value.AsList)}",
        CelKind.Map => $"a map of {value.AsMap.Count}",
        CelKind.Object => $"a {value.AsObject.Type}",
        _ => CelText.Describe(value),
    };

    /// <summary>
    /// Short lists of plain values are told whole: who asks why wants to see whether something is in them.
    /// </summary>
    private static string Items(CelList list)
    {
        if (list.Count is 0 or > ValuesMax) return "";
        var items = Enumerable.Range(0, list.Count).Select(i => list[i]).ToList();
        return items.Exists(item => item.Kind is CelKind.List or CelKind.Map or CelKind.Object or CelKind.Error)
            ? ""
            : $": {string.Join(", ", items.Select(item => CelText.Describe(item)))}";
    }

    /// <summary>
    /// Whole objects are never told, so what matters is which fields are read, and what functions read.
    /// </summary>
    private bool IsShown(CelExpr expr) => expr.All().All(node => node switch
    {
        CelSelect { Declared: { } field } select =>
            select.Operand.Type.Inner is not CelObjectType type || mayShow(type, field),
        CelSelect select => IsShown(select),
        CelCall { Declared: not null } call => call.Children().All(arg => arg.Type.Inner.Kind != CelKind.Object),
        _ => true,
    });

    /// <summary>Of an object behind a dyn, whose fields only the evaluation knows.</summary>
    private bool IsShown(CelSelect select)
    {
        if (select.Operand.UsesOuterLocals()) return select.Operand.Type.Inner.Kind == CelKind.Map;
        var operand = Evaluate(select.Operand);
        return operand.Kind != CelKind.Object
            || (operand.AsObject.Type.Fields.TryGetValue(select.Field, out var field)
                && mayShow(operand.AsObject.Type, field));
    }

    private CelValue Evaluate(CelExpr expr) => program.Part(expr).Evaluate(activation);

    private static string Text(CelExpr expr)
    {
        var text = Printer.Print(Plain(expr));
        if (text.Length <= SourceMax) return text;
        var end = char.IsHighSurrogate(text[SourceMax - 1]) ? SourceMax - 1 : SourceMax;
        return text[..end] + "...";
    }

    /// <summary>Without the dots that mark names of definitions as meant outermost.</summary>
    private static CelExpr Plain(CelExpr expr) => expr is CelIdent { Name: ['.', .. var name] } ident
        ? ident with { Name = name }
        : expr.WithChildren(Plain);
}
