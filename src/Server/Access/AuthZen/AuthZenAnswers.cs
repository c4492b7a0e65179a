using System.Text.Json.Serialization;
using Castellan.Access.Questions;
using Castellan.Access.Simulation;
using Castellan.Kernel;

namespace Castellan.Access.AuthZen;

/// <summary>An answer of the standard, with what it comes of.</summary>
internal sealed record AuthZenDecision(bool Decision, AuthZenContext Context)
{
    public static AuthZenDecision Unknown(AuthZenReason reason) => new(false, new AuthZenContext(reason));
}

/// <summary>The one answer, or those to several questions in their order.</summary>
internal sealed record AuthZenDecisions
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Decision { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AuthZenContext? Context { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AuthZenDecision>? Evaluations { get; init; }
}

/// <summary>Why a decision is as it is: what the question was taken for, and what determined the answer.</summary>
internal sealed record AuthZenContext(AuthZenReason Reason)
{
    /// <summary>The member whom the subject stands for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UserId? UserId { get; init; }

    /// <summary>The agent that the subject is, for itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AgentId? AgentId { get; init; }

    /// <summary>The permission that the action means there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Permission { get; init; }

    /// <summary>The revision of the tenant's grants by which it was decided.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Revision { get; init; }

    /// <summary>All that the decision rests on beside the question: with it, it can be replayed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DecisionBasis? Basis { get; init; }

    /// <summary>The shortest way from the member to what allows it, or to the policy that forbids it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ProofStep>? DeterminedBy { get; init; }

    /// <summary>The decision as it is counted; null where there was nothing to be decided.</summary>
    [JsonIgnore]
    public Decided? Counted { get; init; }

    /// <summary>What is wrong with one of several questions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AuthZenError? Error { get; init; }
}

[JsonConverter(typeof(NameConverter<AuthZenReason>))]
internal enum AuthZenReason
{
    Allowed,

    /// <summary>Neither a role nor a grant gives it there, now, under these circumstances.</summary>
    NotGranted,

    /// <summary>A role or a grant gives it, and a policy of the tenant forbids it.</summary>
    Forbidden,

    /// <summary>Nobody in the tenant is called so.</summary>
    UnknownSubject,

    /// <summary>The user or the agent is suspended, or the agent has expired, whatever was given.</summary>
    SuspendedSubject,

    /// <summary>The tenant has no such workspace, or the id is another tenant's.</summary>
    UnknownResource,

    /// <summary>No permission is meant by the action on this type.</summary>
    UnknownAction,

    /// <summary>The question cannot be answered; <c>error</c> says why.</summary>
    Error,
}

internal sealed record AuthZenError(int Status, string Message);

/// <summary>Subjects or resources that a search has found.</summary>
internal sealed record AuthZenEntities(IReadOnlyList<AuthZenEntity> Results, AuthZenPage Page);

internal sealed record AuthZenEntity(string Type, string Id);

internal sealed record AuthZenActions(IReadOnlyList<AuthZenAction> Results, AuthZenPage Page);

internal sealed record AuthZenAction(string Name);

/// <summary>The token is empty at the end.</summary>
internal sealed record AuthZenPage(string NextToken, int Count);

/// <summary>Where everything is (Authorization API 1.0, PDP Metadata).</summary>
internal sealed record AuthZenConfiguration(
    string PolicyDecisionPoint, string AccessEvaluationEndpoint, string AccessEvaluationsEndpoint,
    string SearchSubjectEndpoint, string SearchResourceEndpoint, string SearchActionEndpoint);
