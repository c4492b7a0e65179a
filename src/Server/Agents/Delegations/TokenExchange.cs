using System.Text.Json;
using Castellan.Agents.Signatures;
using Castellan.Identity.OAuth;
using Castellan.Identity.Pages;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Agents.Delegations;

/// <summary>
/// The token endpoint's grant <c>urn:ietf:params:oauth:grant-type:token-exchange</c> (RFC 8693): the actor token is the
/// agent's, also as its bearer; the subject token is a user's access token, one by which another agent acts, or the id
/// of what was lent.
/// </summary>
internal sealed class TokenExchange(
    HostedCalls calls, AgentDirectory directory, RequestSignatures signatures, TimeProvider time) : ITokenGrant
{
    private const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";
    private const string DelegationType = "urn:castellan:params:oauth:token-type:delegation";
    private const string Bearer = "Bearer ";

    private static readonly string[] Fields =
    [
        "grant_type", "client_id", "subject_token", "subject_token_type", "actor_token", "actor_token_type", "scope",
        "requested_token_type", "run_id",
    ];

    public string GrantType => "urn:ietf:params:oauth:grant-type:token-exchange";

    public async Task Answer(HttpContext context, string environment)
    {
        try
        {
            await Exchange(context, environment);
        }
        catch (StorageException)
        {
            await Refuse(context, 503, "temporarily_unavailable", "This cannot be done at the moment. Try again soon.");
        }
    }

    private async Task Exchange(HttpContext context, string environment)
    {
        var form = context.Request.Form;
        if (Malformed(form) is { } wrong)
        {
            await Refuse(context, 400, "invalid_request", wrong);
            return;
        }
        var actor = One(form, "actor_token") ?? BearerOf(context);
        if (actor is null || await directory.FindByToken(actor) is not { } agent || agent.Environment != environment)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await Refuse(context, 401, "invalid_client", "The actor token is no token of an agent here.");
            return;
        }
        var (caller, unsigned) = await Signed(context, AgentDirectory.AsCaller(agent, actor), agent);
        if (caller is null)
        {
            await Refuse(context, unsigned!);
            return;
        }
        var outcome = await calls.Invoke(
            context, caller, ExchangeEndpoints.OperationName, new()
            {
                ["subject_token"] = One(form, "subject_token"),
                ["subject_kind"] = One(form, "subject_token_type") == DelegationType ? "delegation" : "access_token",
                ["scope"] = One(form, "scope"),
                ["run_id"] = One(form, "run_id"),
            });
        if (outcome.Problem is { } problem) await Refuse(context, problem);
        else await Write(context, outcome.Value(AgentsJson.Wire.ExchangedToken));
    }

    /// <summary>An agent signs this request like every other one, with the form as its body.</summary>
    private async ValueTask<Resolution> Signed(HttpContext context, Caller caller, Agent agent)
    {
        var request = HttpGateRequest.From(context, time);
        var resolution = await signatures.Verify(caller, agent, request);
        return resolution.Problem is not null || await request.Message.KeepsForm(context.RequestAborted)
            ? resolution
            : GateProblems.DigestRefused;
    }

    private static string? Malformed(IFormCollection form)
    {
        if (form.Keys.FirstOrDefault(name => !Fields.Contains(name)) is { } unknown)
            return $"'{unknown}' is not taken here: tokens are for the API of the app that the subject token is for.";
        if (form.FirstOrDefault(field => field.Value.Count != 1) is { Key: { } repeated })
            return $"'{repeated}' came more than once.";
        var tooLong = form.FirstOrDefault(field => field.Value[0] is { Length: > Limits.CredentialLength });
        if (tooLong is { Key: { } longer })
            return $"'{longer}' is longer than {Limits.CredentialLength} characters.";
        if (One(form, "subject_token") is null) return "'subject_token' is missing.";
        if (One(form, "subject_token_type") is not (AccessTokenType or DelegationType))
            return $"'subject_token_type' must be {AccessTokenType} or {DelegationType}.";
        if (One(form, "requested_token_type") is not (null or AccessTokenType))
            return $"'requested_token_type' can only be {AccessTokenType}.";
        return One(form, "actor_token_type") is null || One(form, "actor_token_type") == AccessTokenType
            ? null
            : $"'actor_token_type' must be {AccessTokenType}.";
    }

    private static async Task Write(HttpContext context, ExchangedToken made)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("access_token", made.AccessToken);
        json.WriteString("issued_token_type", AccessTokenType);
        json.WriteString("token_type", "Bearer");
        json.WriteNumber("expires_in", made.ExpiresIn);
        json.WriteString("scope", made.Scope);
        json.WriteString("delegation_id", made.DelegationId.Value);
        json.WriteString("run_id", made.RunId.Value);
        json.WriteEndObject();
    }

    private static Task Refuse(HttpContext context, Problem problem)
    {
        var said = problem.Errors is [{ } first, ..] ? $"{first.Detail} {first.Fix}" : problem.Detail;
        var (status, error) = problem.Type switch
        {
            { Status: 429 or >= 500 } => (problem.Type.Status, "temporarily_unavailable"),
            var type when type == AgentErrors.LentTooMuch => (400, "invalid_scope"),
            var type when type == AgentErrors.SignatureRequired => (401, "invalid_client"),
            var type when type == AgentErrors.Stopped => (400, "unauthorized_client"),
            { Status: 401 } => (401, "invalid_client"),
            var type when type == GateProblems.InputInvalid => (400, "invalid_scope"),
            _ => (400, "invalid_request"),
        };
        return Refuse(context, status, error, said ?? problem.Type.Title);
    }

    private static async Task Refuse(HttpContext context, int status, string error, string description)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("error", error);
        json.WriteString("error_description", description);
        json.WriteEndObject();
    }

    private static string? One(IFormCollection form, string name) =>
        form[name] is [{ Length: > 0 and <= Limits.CredentialLength } value] ? value : null;

    private static string? BearerOf(HttpContext context) =>
        context.Request.Headers.Authorization is [{ } value]
        && value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? value[Bearer.Length..].Trim()
            : null;
}
