using System.Text.Json.Nodes;
using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Platform.Pages;
using Microsoft.AspNetCore.Components;

namespace Castellan.AdminUi;

/// <summary>What pages work with.</summary>
internal sealed record AdminServices(
    Gate Gate, OperationTable Operations, PageRenderer Renderer, Antiforgery Antiforgery, AdminCookies Cookies,
    EnvironmentDirectory Environments, TimeProvider Time);

/// <summary>One request for a page: who asks, in which environment, and the way to the operations.</summary>
internal sealed class AdminCall(
    AdminServices services, HttpContext http, Caller caller, string environment, IFormCollection? form)
{
    public HttpContext Http => http;

    public Caller Caller => caller;

    public string Environment => environment;

    public IFormCollection? Form => form;

    public DateTimeOffset Now => services.Time.GetUtcNow();

    public AdminCookies Cookies => services.Cookies;

    public string Route(string name) => (string)http.Request.RouteValues[name]!;

    public string? Query(string name) => http.Request.Query[name] is [{ Length: > 0 } value] ? value : null;

    public string Field(string name) => form?[name].ToString().Trim() ?? "";

    /// <summary>Reaches an operation like everybody: through the gate.</summary>
    public Task<PageAnswer> Invoke(
        string operation, (string Name, string? Value)[]? path = null, (string Name, string? Value)[]? query = null,
        JsonObject? body = null, string? within = null) =>
        InvokeAs(caller, operation, path, query, body, within);

    /// <summary>Also for callers who are not signed in yet.</summary>
    public async Task<PageAnswer> InvokeAs(
        Caller by, string operation, (string Name, string? Value)[]? path = null,
        (string Name, string? Value)[]? query = null, JsonObject? body = null, string? within = null)
    {
        // Only operators choose an environment; it is part of who calls.
        var chosen = by.Kind is CallerKind.Operator ? within ?? environment : null;
        var request = Request(services, http, Values(path), Values(query), body, chosen, form);
        var (answer, _) = await services.Gate.Invoke(
            by with { Environment = chosen }, services.Operations.ByName[operation], request, http.RequestAborted);
        return answer.Problem is { } problem
            ? new PageAnswer([], MissingWords.In(problem, operation, chosen ?? environment))
            : new PageAnswer(answer.Body.IsEmpty ? [] : JsonNode.Parse(answer.Body.Span)!.AsObject(), null);
    }

    public async Task Show<TPage>(object? content = null, Problem? problem = null, int? status = null)
        where TPage : IComponent
    {
        var parameters = new Dictionary<string, object?> { ["View"] = View(problem) };
        if (content is not null) parameters["Content"] = content;
        await services.Renderer.Write<TPage>(http, parameters, status ?? problem?.Type.Status ?? 200);
    }

    /// <summary>Post, redirect, get: the next page says what was done.</summary>
    public Task Done(string notice, string path)
    {
        services.Cookies.SetFlash(http, notice);
        return Redirect(path);
    }

    public Task Redirect(string path)
    {
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = path;
        http.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    public static PageRequest Request(
        AdminServices services, HttpContext http, IReadOnlyDictionary<string, string> path,
        IReadOnlyDictionary<string, string> query, JsonObject? body, string? environment, IFormCollection? form) =>
        new(path, query, body)
        {
            Id = RequestId.New(services.Time.GetUtcNow()),
            RemoteAddress = http.Connection.RemoteIpAddress,
            UserAgent = http.Request.Headers.UserAgent.ToString() is { Length: > 0 and <= 300 } agent ? agent : null,
            IdempotencyKey = form?["_once"].ToString() is { Length: > 0 } once ? once : null,
            IfMatch = form?["_version"].ToString() is { Length: > 0 } version ? $"\"{version}\"" : null,
            Environment = environment,
        };

    private AdminView View(Problem? problem) => new(http.Request.Path, services.Antiforgery.Token(http))
    {
        Query = http.Request.Query,
        Environment = environment,
        Environments = services.Environments.Names,
        Operator = caller.Kind is CallerKind.Operator ? caller.Display : null,
        Role = caller.OperatorRole,
        Notice = services.Cookies.TakeFlash(http),
        Problem = problem,
        Posted = form,
    };

    private static Dictionary<string, string> Values((string Name, string? Value)[]? values) =>
        (values ?? []).Where(v => !string.IsNullOrEmpty(v.Value)).ToDictionary(v => v.Name, v => v.Value!);
}
