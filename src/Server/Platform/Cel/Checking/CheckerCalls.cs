using Castellan.Platform.Cel.Library;

namespace Castellan.Platform.Cel.Checking;

/// <summary>Calls and operators: which overloads the arguments fit, and what results.</summary>
internal sealed partial class Checker
{
    private CelExpr Call(CelCall call)
    {
        var name = FunctionName(call, out var isQualified);
        var target = call.Target is null || isQualified ? null : Visit(call.Target);
        var args = Visit(call.Args);
        var visited = call with { Function = name, Target = target, Args = args };
        CelExpr[] all = target is null ? args : [target, .. args];
        var given = all.Select(arg => types.Resolve(arg.Type)).ToArray();
        var custom = environment.Overloads(name).Where(f => f.IsMethod == target is not null).ToArray();
        var declared = custom.FirstOrDefault(f => Fits(f.Parameters, given));
        if (declared is not null)
        {
            CheckConstants(declared, all);
            return Typed(visited with { Declared = declared }, declared.Result);
        }
        var result = Resolve(name, target is not null, given, out var known);
        if (result is not null)
        {
            CheckConstants(name, all);
            CheckObjects(visited, given);
            return Typed(visited, result);
        }
        if (IsStrict) ReportCall(visited, custom, known, given);
        return Typed(visited, CelType.Dyn);
    }

    /// <summary>
    /// A receiver that is no value may be the beginning of the function's name: <c>strings.quote(x)</c>.
    /// </summary>
    private string FunctionName(CelCall call, out bool isQualified)
    {
        var qualified = call.Target is null ? null : Qualified(call.Target);
        foreach (var candidate in Candidates(qualified is null ? call.Function : $"{qualified}.{call.Function}"))
        {
            isQualified = qualified is not null;
            if ((isQualified || call.Target is null) && IsFunction(candidate)) return candidate;
        }
        isQualified = false;
        return call.Function;
    }

    private bool IsFunction(string name) => environment.Overloads(name).Any(f => !f.IsMethod)
        || Declarations.Of(name).Any(overload => !overload.IsMethod);

    private bool Fits(IReadOnlyList<CelType> parameters, CelType[] given) =>
        parameters.Count == given.Length && types.Assign(given, types.Instance(parameters));

    /// <summary>The result of the language's own function; dyn where several overloads fit and differ.</summary>
    private CelType? Resolve(string name, bool isMethod, CelType[] given, out Overload[] known)
    {
        known = [.. Declarations.Of(name).Where(overload => overload.IsMethod == isMethod)];
        CelType? result = null;
        foreach (var overload in known.Where(o => o.Parameters.Length == given.Length))
        {
            var instance = types.Instance([.. overload.Parameters, overload.Result]);
            if (!types.Assign(given, instance[..^1])) continue;
            var type = types.Resolve(instance[^1]);
            result = result is null || types.Settle(result) == types.Settle(type) ? type : CelType.Dyn;
        }
        return result;
    }

    /// <summary>An object has no value of its own that could be equal to another's.</summary>
    private void CheckObjects(CelCall call, CelType[] given)
    {
        if (call.Function is not (CelOperators.Equal or CelOperators.NotEqual or CelOperators.In)) return;
        if (given[0].Inner.Kind != CelKind.Object || given[1].Kind == CelKind.Null) return;
        Report(call.At, "Objects are not compared.", "Compare one of their fields: a.id == b.id.");
    }

    private void CheckConstants(CelFunction function, CelExpr[] args)
    {
        if (function.CheckArgument is not { } check) return;
        foreach (var (index, arg) in args.Index())
        {
            if (arg is CelLiteral literal && check(index, literal.Value) is { } complaint)
                Report(arg.At, complaint.Message, complaint.Hint);
        }
    }

    /// <summary>Texts that no evaluation could read are refused where they are constant.</summary>
    private void CheckConstants(string name, CelExpr[] args)
    {
        if (!IsStrict || args[^1] is not CelLiteral { Value.Kind: CelKind.String } literal) return;
        var result = (name, args.Length) switch
        {
            ("matches", 2) => Patterns.Check(literal.Value.AsString, environment.Limits),
            ("timestamp", 1) => Times.Parse(literal.Value.AsString),
            ("duration", 1) => Durations.Parse(literal.Value.AsString),
            _ => default,
        };
        if (result.IsError) Report(literal.At, result.AsError.Message, result.AsError.Hint);
    }

    private void ReportCall(CelCall call, CelFunction[] custom, Overload[] known, CelType[] given)
    {
        var settled = given.Select(types.Settle).ToArray();
        if (custom.Length + known.Length == 0)
        {
            ReportUnknown(call, settled);
            return;
        }
        var signatures = custom.Select(f => (f.Parameters, f.ToString()))
            .Concat(known.Select(o => ((IReadOnlyList<CelType>)o.Parameters, Messages.Signature(o)))).ToArray();
        // Those whose first argument fits say best what the others should be.
        var near = signatures.Where(s => s.Item1.Count > 0 && given.Length > 0 && Fits([s.Item1[0]], [given[0]]));
        (IReadOnlyList<CelType>, string)[] fitting = [.. near.DefaultIfEmpty().Where(s => s.Item1 is not null)];
        if (fitting.Length == 0) fitting = signatures;
        Report(call.At, Messages.Mismatch(call, settled), Messages.Fitting(call, settled, fitting));
    }

    private void ReportUnknown(CelCall call, CelType[] given)
    {
        var isMethod = call.Target is not null;
        var other = environment.Overloads(call.Function).Any() || Declarations.Of(call.Function).Any();
        var names = environment.Functions.Where(f => f.IsMethod == isMethod).Select(f => f.Name)
            .Concat(Declarations.Names.Where(n => Declarations.Of(n).Any(o => o.IsMethod == isMethod))).ToHashSet();
        if (isMethod) names.UnionWith(["all", "exists", "exists_one", "map", "filter"]);
        else names.Add("has");
        var hint = Messages.OtherLanguages(call.Function)
            ?? (other && isMethod ? $"It is no method: write {call.Function}(...)." : null)
            ?? (other ? $"It is a method: write x.{call.Function}(...)." : null)
            ?? (names.Contains(call.Function) ? "This macro takes a variable and a condition: (x, ...)." : null)
            ?? Nearest.Hint(call.Function, names, "function");
        var kind = isMethod ? "method" : "function";
        var of = isMethod ? $" of {given[0]}" : "";
        Report(call.At, $"There is no {kind} '{call.Function}'{of}.", hint);
    }
}
