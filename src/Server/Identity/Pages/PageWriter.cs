using Castellan.Kernel;
using Castellan.Platform.Pages;
using Microsoft.AspNetCore.Components;

namespace Castellan.Identity.Pages;

/// <summary>Writes pages with what each of them shows.</summary>
internal sealed class PageWriter(PageRenderer renderer, PageGuard guard)
{
    /// <summary>
    /// A page with a form. After a refused post it shows what is wrong, with the status of the refusal, and what was
    /// typed.
    /// </summary>
    public Task Form<TPage>(
        Visit visit, Problem? problem = null, string? part = null, string? notice = null,
        Dictionary<string, object?>? parameters = null)
        where TPage : IComponent
    {
        if (problem?.RetryAfter is { } wait)
            visit.Http.Response.Headers.RetryAfter = $"{Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))}";
        var form = new FormView(visit.Environment, guard.Proof(visit.Http, visit.Environment, visit.Visitor.Session))
        {
            AppName = visit.Request?.Client.Name,
            Return = visit.Request?.Text,
            Errors = problem is null ? [] : PageWords.Of(problem, visit.Environment),
            Values = Typed(visit.Form),
            Part = part,
            Notice = notice,
        };
        var status = problem is null ? 200 : problem.Type.Status is 401 ? 403 : problem.Type.Status;
        return renderer.Write<TPage>(
            visit.Http, new Dictionary<string, object?>(parameters ?? []) { ["Form"] = form }, status,
            visit.Request?.FormTarget ?? "");
    }

    public Task Message(
        HttpContext context, string environment, string title, string text, string? linkAddress = null,
        string? linkText = null, int status = 200, string? detail = null) => renderer.Write<MessagePage>(
        context,
        new Dictionary<string, object?>
        {
            [nameof(MessagePage.Title)] = title,
            [nameof(MessagePage.Environment)] = environment,
            [nameof(MessagePage.Text)] = text,
            [nameof(MessagePage.Detail)] = detail,
            [nameof(MessagePage.LinkAddress)] = linkAddress,
            [nameof(MessagePage.LinkText)] = linkText,
        },
        status);

    private static Dictionary<string, string> Typed(IFormCollection? form) => form is null
        ? []
        : form.Where(field => field.Key is "email" or "name")
            .ToDictionary(field => field.Key, field => field.Value.ToString());
}

/// <summary>What a refusal says to the person at the page; the API's words are for developers.</summary>
internal static class PageWords
{
    public static IReadOnlyList<FieldError> Of(Problem problem, string environment)
    {
        if (problem.Errors.Count > 0)
            return [.. problem.Errors.Select(error => OfField(error.Pointer.TrimStart('/'), error.Code, environment))];
        var text = problem.Type.Code switch
        {
            "sign_in_failed" => "Address and password do not match. Check both.",
            "sign_in_delayed" => "There were too many failed attempts. Wait half a minute, then try again.",
            "user_suspended" => "This account is suspended. Ask whoever runs the app.",
            "link_invalid" =>
                "This link was used before, has expired, or was replaced by a newer one. Use the newest mail, or reset "
                + "the password: that sends a new one, which confirms your address too.",
            "rate_limited" => "Too many attempts came from your network. Wait a minute, then try again.",
            "app_frozen" => "This app is frozen at the moment: nobody can sign in to it.",
            "app_retired" or "app_not_live" => "This app is not in service here.",
            "unavailable" or "storage_full" =>
                "This cannot be done at the moment, and nothing was changed. Try again soon.",
            "not_found" => problem.Detail ?? "What you looked for does not exist, or has ended.",
            _ => problem.Detail ?? problem.Type.Title,
        };
        return problem.Type.Code == "email_taken"
            ? [new FieldError("email", "This address has an account already. Sign in, or reset the password.")]
            : [new FieldError(null, text)];
    }

    private static FieldError OfField(string field, string code, string environment) => new(field, (field, code) switch
    {
        ("email", "not_an_email") => "Enter a whole e-mail address, such as ada@example.com.",
        ("email", "not_yours") => "This is not the address of your account.",
        ("email", _) => "Enter your e-mail address.",
        ("password" or "current", "required") => "Enter the password.",
        ("password", "known_to_guessers") => "This password is among those that guessers try first. Choose another.",
        ("password", "predictable") => "This password repeats itself or counts on. Choose another.",
        ("password", "personal") => "This password is little more than your name or address. Choose another.",
        ("password", "out_of_range") => $"Use at least {PasswordLength.Min(environment)} characters, and at most "
            + $"{PasswordRules.Max}.",
        ("password" or "current", "not_your_password") => "This is not your password.",
        ("name", _) => "Enter a name of at most 100 characters.",
        _ => "Check what you entered.",
    });
}
