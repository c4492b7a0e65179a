using System.Globalization;

namespace Castellan.Identity.Pages;

/// <summary>
/// What every page with a form shows. Public, as Razor components are; nothing here leaves the server otherwise.
/// </summary>
public sealed record FormView(string Environment, string Proof)
{
    /// <summary>Whose sign-in this is; null on Castellan's own way.</summary>
    public string? AppName { get; init; }

    /// <summary>The signed authorize request that goes on afterwards.</summary>
    public string? Return { get; init; }

    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>What was typed before, except passwords.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    /// <summary>The form of a page with several to which <see cref="Errors"/> belong.</summary>
    public string? Part { get; init; }

    public string? Notice { get; init; }

    public string? ErrorOf(string field, string? part = null) =>
        part == Part ? Errors.FirstOrDefault(error => error.Field == field)?.Text : null;

    public bool IsFirstError(string field, string? part = null) =>
        part == Part && Errors.Count > 0 && Errors[0].Field == field;

    public string? ValueOf(string field) => Values.GetValueOrDefault(field);

    /// <summary>The address of another page on the same way.</summary>
    public string Link(string page) =>
        Return is null ? $"/{Environment}/{page}" : $"/{Environment}/{page}?return={Uri.EscapeDataString(Return)}";
}

/// <summary>
/// What is wrong with a field, in words for the person at it. <paramref name="Field"/> null: with the whole.
/// </summary>
public sealed record FieldError(string? Field, string Text);

/// <summary>An app's session in the list of one's own.</summary>
public sealed record SessionView(
    string Id, string AppName, string Device, DateTimeOffset Since, DateTimeOffset LastUsedAt)
{
    /// <summary>Whether it began in the browser that shows the list.</summary>
    public bool IsHere { get; init; }
}

/// <summary>An app that knows who one is; <paramref name="Address"/> leads to it, where it is known.</summary>
public sealed record ConsentView(string AppId, string AppName, string? Address, DateTimeOffset GrantedAt);

/// <summary>Who one is.</summary>
public sealed record PersonView(string Email, bool EmailVerified, string? Name);

/// <summary>How times are shown: the server does not know the reader's zone.</summary>
internal static class Times
{
    public static string Shown(DateTimeOffset time) =>
        time.UtcDateTime.ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public static string Machine(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
