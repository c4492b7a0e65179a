using System.Text.Json;
using Castellan.Access.Granting;
using Castellan.Access.Simulation;
using Castellan.Kernel;
using Castellan.Kernel.Http;

namespace Castellan.Access.AuthZen;

/// <summary>OpenID AuthZEN Authorization API 1.0: decisions, one or several, and where they are asked.</summary>
internal sealed class AuthZenEndpoints(AuthZenDecider decider, DecisionLog counted, PublicAddress address) : IEndpoints
{
    public const string Base = "/access/v1";

    /// <summary>Room for the questions of one call with what is told about each.</summary>
    private const int BodyBytes = 256 * 1024;

    public static IReadOnlyList<Grant> Askers { get; } =
        [Grant.Tenant(TenantRole.Viewer), Grant.Key, Grants.AnyOperator];

    public IEnumerable<Operation> Operations() =>
    [
        new Read<AskDecision, AuthZenDecision>(
            "access.authzen.evaluation", "POST", Base + "/evaluation", AskDecision.Bind, Evaluate,
            AccessJson.Wire.AuthZenDecision)
        {
            Summary = "AuthZEN: may this subject do this action on this resource?",
            Grants = Askers, OfMembersByHeader = true, OfStandard = true, NeverGranted = true,
        },
        new Read<AskDecisions, AuthZenDecisions>(
            "access.authzen.evaluations", "POST", Base + "/evaluations", AskDecisions.Bind, EvaluateAll,
            AccessJson.Wire.AuthZenDecisions)
        {
            Summary = "AuthZEN: several questions in one call, with the parts that they share.",
            Grants = Askers, OfMembersByHeader = true, OfStandard = true, NeverGranted = true, BodyBytes = BodyBytes,
        },
        new Read<NoInput, AuthZenConfiguration>(
            "access.authzen.configuration", "GET", "/.well-known/authzen-configuration", NoInput.Bind, Configuration,
            AccessJson.Wire.AuthZenConfiguration)
        {
            Summary = "AuthZEN: where this decision point answers.", Grants = [Grant.Anyone], OfStandard = true,
        },
    ];

    private ValueTask<AuthZenDecision> Evaluate(Call<AskDecision> call) =>
        Decide(Asker.Of(call), call.Input.Asked);

    private async ValueTask<AuthZenDecision> Decide(Asker asker, AskedAttributes asked)
    {
        var answer = await decider.Decide(asker, asked);
        if (answer.Context.Counted is { } decided) counted.Note(decided);
        return answer;
    }

    private async ValueTask<AuthZenDecisions> EvaluateAll(Call<AskDecisions> call)
    {
        var (asker, input) = (Asker.Of(call), call.Input);
        if (input.Single is { } single)
        {
            var answer = await Decide(asker, single);
            return new AuthZenDecisions { Decision = answer.Decision, Context = answer.Context };
        }
        var answers = new List<AuthZenDecision>(input.Items.Count);
        foreach (var item in input.Items)
        {
            var answer = await EvaluateOne(asker, item, input.Shared);
            answers.Add(answer);
            if (input.Semantic == (answer.Decision
                ? AuthZenSemantic.PermitOnFirstPermit : AuthZenSemantic.DenyOnFirstDeny))
            {
                break;
            }
        }
        return new AuthZenDecisions { Evaluations = answers };
    }

    /// <summary>What is wrong with one question is no matter of the others: it is denied, and says why.</summary>
    private async ValueTask<AuthZenDecision> EvaluateOne(Asker asker, JsonElement item, AuthZenParts shared)
    {
        var faults = new List<string>();
        var asked = AuthZenReader.QuestionOf(item, shared, (_, _, detail, _) => faults.Add(detail));
        if (faults.Count > 0) return Failed(GateProblems.BadRequest.Status, string.Join(' ', faults));
        try
        {
            return await Decide(asker, asked);
        }
        catch (Refusal refusal)
        {
            return Failed(refusal.Problem.Type.Status, refusal.Problem.Detail ?? refusal.Problem.Type.Title);
        }
    }

    private static AuthZenDecision Failed(int status, string message) => new(
        false, new AuthZenContext(AuthZenReason.Error) { Error = new AuthZenError(status, message) });

    private ValueTask<AuthZenConfiguration> Configuration(Call<NoInput> call) => new(new AuthZenConfiguration(
        address.Base.AbsoluteUri.TrimEnd('/'), At("evaluation"), At("evaluations"), At("search/subject"),
        At("search/resource"), At("search/action")));

    private string At(string path) => address.At($"{Base[1..]}/{path}");
}
