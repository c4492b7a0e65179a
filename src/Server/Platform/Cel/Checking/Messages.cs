namespace Castellan.Platform.Cel.Checking;

/// <summary>How calls that fit nothing are explained.</summary>
internal static class Messages
{
    private const int ListedMax = 4;

    public static string Name(CelMacro macro) => macro switch
    {
        CelMacro.All => "all",
        CelMacro.Exists => "exists",
        CelMacro.ExistsOne => "exists_one",
        CelMacro.Map => "map",
        _ => "filter",
    };

    /// <summary>As it would be written: <c>int + int</c>, <c>string.contains(string)</c>.</summary>
    public static string Signature(Overload overload)
    {
        var types = overload.Parameters;
        if (CelOperators.Binary(overload.Name) is var (sign, _)) return $"{types[0]} {sign} {types[1]}";
        return overload.Name switch
        {
            CelOperators.Not => $"!{types[0]}",
            CelOperators.Negate => $"-{types[0]}",
            CelOperators.Index => $"{types[0]}[{types[1]}]",
            CelOperators.Conditional => "bool ? A : A",
            _ when overload.IsMethod => $"{types[0]}.{overload.Name}({string.Join(", ", types[1..].AsEnumerable())})",
            _ => $"{overload.Name}({string.Join(", ", types.AsEnumerable())})",
        };
    }

    public static string Mismatch(CelCall call, CelType[] given)
    {
        if (call.Function == CelOperators.Conditional) return Conditional(given);
        if (call.Function is CelOperators.Equal or CelOperators.NotEqual) return Unequal(given);
        if (CelOperators.Binary(call.Function) is var (sign, _))
            return $"'{sign}' does not take {given[0]} and {given[1]}.";
        return call.Function switch
        {
            CelOperators.Not => $"'!' does not take {given[0]}.",
            CelOperators.Negate => $"'-' does not take {given[0]}.",
            CelOperators.Index => $"{given[0]} has no index of type {given[1]}.",
            _ when call.Target is not null =>
                $"'{call.Function}' of {given[0]} does not take ({string.Join(", ", given[1..].AsEnumerable())}).",
            _ => $"'{call.Function}' does not take ({string.Join(", ", given.AsEnumerable())}).",
        };
    }

    public static string? Fitting(
        CelCall call, CelType[] given, (IReadOnlyList<CelType> Types, string Text)[] signatures)
    {
        if (IsNeverNull(call, given)) return "Leave the comparison out: the answer is known.";
        if (IsChain(call)) return "Write a < b && b < c.";
        if (call.Function is CelOperators.Equal or CelOperators.NotEqual or CelOperators.Conditional)
            return Conversion(given[^2], given[^1]);
        if (CelOperators.Binary(call.Function)?.Binding > 2 && Conversion(given[0], given[1]) is { } conversion)
            return conversion;
        if (call.Function == CelOperators.Negate && given[0].Kind == CelKind.Bool) return "Write '!'.";
        var listed = signatures.Select(s => s.Text).Distinct().Take(ListedMax).ToArray();
        return $"What fits: {string.Join(", ", listed)}.";
    }

    public static string? OtherLanguages(string function) => function.ToUpperInvariant() switch
    {
        "LEN" or "LENGTH" or "COUNT" => "Write size().",
        "ANY" or "SOME" => "Write exists(x, ...).",
        "EVERY" => "Write all(x, ...).",
        "NOT" => "Write '!'.",
        "ISNULL" or "ISEMPTY" => "Compare with null, or with ''.",
        "TOLOWERCASE" or "LOWER" or "TOLOWER" => "Write lowerAscii().",
        "TOUPPERCASE" or "UPPER" or "TOUPPER" => "Write upperAscii().",
        "INCLUDES" or "HASITEM" => "Write item in list, or text.contains(part).",
        "NOW" => "The time is a variable: now.",
        "STR" or "TOSTRING" => "Write string(x).",
        "IF" => "Write condition ? a : b.",
        _ => null,
    };

    private static string Conditional(CelType[] given) => given[0].Kind is CelKind.Bool or CelKind.Dyn
        ? $"The two results must be of one type, and are {given[1]} and {given[2]}."
        : $"The condition before '?' must be bool, and is {given[0]}.";

    private static string Unequal(CelType[] given)
    {
        if (given[1].Kind == CelKind.Null) return $"A value of type {given[0]} is never null.";
        if (given[0].Kind == CelKind.Null) return $"A value of type {given[1]} is never null.";
        return $"{given[0]} and {given[1]} are never equal.";
    }

    private static bool IsNeverNull(CelCall call, CelType[] given) =>
        call.Function is CelOperators.Equal or CelOperators.NotEqual && given.Any(t => t.Kind == CelKind.Null);

    private static bool IsChain(CelCall call) =>
        CelOperators.Binary(call.Function)?.Binding == 3 && call.Args[0] is CelCall { Function: var inner }
        && CelOperators.Binary(inner)?.Binding == 3;

    private static string? Conversion(CelType left, CelType right) => (left.Inner.Kind, right.Inner.Kind) switch
    {
        (CelKind.String, CelKind.Int or CelKind.Uint or CelKind.Double or CelKind.Bool) => "Convert one: string(x).",
        (CelKind.Int or CelKind.Uint or CelKind.Double or CelKind.Bool, CelKind.String) => "Convert one: string(x).",
        (CelKind.Double, CelKind.Int or CelKind.Uint) =>
            "Write the number with a point (1.0), or convert it: double(x).",
        (CelKind.Int or CelKind.Uint, CelKind.Double) =>
            "Write the number with a point (1.0), or convert it: double(x).",
        (CelKind.Uint, CelKind.Int) => "Write the number with a u (1u), or convert it: uint(x).",
        (CelKind.Int, CelKind.Uint) => "Convert one: int(x).",
        (CelKind.Timestamp, CelKind.String) => "Convert the text: timestamp('2030-01-31T12:00:00Z').",
        (CelKind.String, CelKind.Timestamp) => "Convert the text: timestamp('2030-01-31T12:00:00Z').",
        (CelKind.Duration, CelKind.Int) => "Write a duration: duration('24h').",
        (CelKind.Timestamp, CelKind.Int) =>
            "Compare with a time, timestamp('2030-01-31T12:00:00Z'), or add a duration: duration('24h').",
        (CelKind.Duration, CelKind.String) or (CelKind.String, CelKind.Duration) =>
            "Convert the text: duration('24h').",
        (CelKind.Object, CelKind.String) => "Compare one of its fields: record.project.id == 'x'.",
        _ => null,
    };
}
