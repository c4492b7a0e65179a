using Castellan.Platform.Cel;

namespace Castellan.Contracts.Rules;

/// <summary>What the variables of a rule are in one call.</summary>
internal sealed class RuleActivation(RuleCaller caller, RuleRequest request, DateTimeOffset now) : ICelActivation
{
    public RuleCaller Caller => caller;

    /// <summary>The record that is judged in memory; null where the database judges rows.</summary>
    public ICelObject? Record { get; init; }

    /// <summary>What an update found.</summary>
    public ICelObject? Old { get; init; }

    /// <summary>The same call before another collection, along a reference.</summary>
    public RuleActivation At(string collection) => caller.Elsewhere is null
        ? this
        : new(caller.At(collection), request, now) { Record = Record, Old = Old };

    public RuleActivation With(ICelObject record, ICelObject? old = null) =>
        new(caller, request, now) { Record = record, Old = old };

    public CelValue Variable(int index) => index switch
    {
        RuleTypes.CallerAt => CelValue.Of(caller),
        RuleTypes.RecordAt => Object(Record),
        RuleTypes.RequestAt => CelValue.Of(request),
        RuleTypes.NowAt => CelValue.Of(now),
        RuleTypes.OldAt => Object(Old),
        _ => CelValue.Fail("There is no such variable."),
    };

    private static CelValue Object(ICelObject? value) =>
        value is null ? CelValue.Fail("There is no record here.") : CelValue.Of(value);
}

/// <summary>What a rule may know of the request.</summary>
internal sealed record RuleRequest(string Operation, string? Workspace) : ICelObject
{
    public CelObjectType Type => RuleTypes.Request;

    public CelValue Field(CelField field) => field.Name switch
    {
        "operation" => CelValue.OfKnown(Operation),
        "workspace_id" => CelValue.Of(Workspace),
        _ => CelValue.Fail($"The request has no {field.Name}."),
    };
}
