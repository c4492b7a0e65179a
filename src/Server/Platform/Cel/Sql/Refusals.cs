namespace Castellan.Platform.Cel.Sql;

/// <summary>What to say of a call that SQL cannot make as the evaluator does.</summary>
internal static class Refusals
{
    public static string Message(CelCall call) => call.Function switch
    {
        CelOperators.Add or CelOperators.Subtract or CelOperators.Multiply or CelOperators.Divide
            or CelOperators.Modulo or CelOperators.Negate =>
            "The database does not calculate with fields: engines differ in overflow and division.",
        "matches" => "The database does not match fields with regular expressions: engines differ in them.",
        "string" or "int" or "uint" or "double" or "bool" or "bytes" or "timestamp" or "duration" or "type" =>
            $"The database does not convert fields with {call.Function}().",
        _ when call.Function.StartsWith("get", StringComparison.Ordinal) =>
            "The database does not take times apart.",
        _ => $"The database cannot compute '{Name(call)}' of a field.",
    };

    public static string Hint(CelCall call) => call.Function switch
    {
        CelOperators.Add or CelOperators.Subtract when call.Args.Any(arg => arg.Type.Inner.Kind == CelKind.Timestamp) =>
            "Let the request calculate: record.created_at > now - duration('24h').",
        CelOperators.Add or CelOperators.Subtract or CelOperators.Multiply or CelOperators.Divide
            or CelOperators.Modulo or CelOperators.Negate =>
            "Calculate on the other side: record.total > 5 - 1.",
        "matches" => "Ask with startsWith, endsWith or contains.",
        "string" or "int" or "uint" or "double" or "bool" or "bytes" or "timestamp" or "duration" =>
            "Convert the other side, or give the field the type that you ask for.",
        _ when call.Function.StartsWith("get", StringComparison.Ordinal) =>
            "Compare with times: x >= timestamp('2030-01-01T00:00:00Z') && x < timestamp('2031-01-01T00:00:00Z').",
        _ => "Keep what you ask for in a field of its own.",
    };

    private static string Name(CelCall call) =>
        CelOperators.Binary(call.Function)?.Sign ?? (call.Function == CelOperators.Not ? "!" : call.Function);
}
