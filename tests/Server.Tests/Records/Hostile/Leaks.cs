using System.Text;
using System.Text.RegularExpressions;

namespace Castellan.Tests.Records.Hostile;

/// <summary>Looks in the bytes of an answer for marks and ids that the caller has neither sent nor may see.</summary>
internal static partial class Leaks
{
    public static string? In(Probe probe, Verdict verdict, Reply reply)
    {
        var text = reply.Text + Opened(reply);
        var may = new Lazy<HashSet<string>>(() => Allowed(probe, verdict));
        var said = probe.Said;
        foreach (Match found in Telling().Matches(text))
        {
            if (said.Contains(found.Value, StringComparison.Ordinal) || may.Value.Contains(found.Value)) continue;
            if (verdict.MayTellDraft && !probe.By.Home.Shelf.Everything.Any(row => row.Id == found.Value)) continue;
            return $"LEAK tells {found.Value}: {text}";
        }
        return null;
    }

    /// <summary>
    /// Nobody is told a secret, and whoever wrote it neither, but for the answer that the judge compares whole.
    /// </summary>
    public static string? Secrets(Probe probe, Reply reply) =>
        probe.Operation != "records.reveal" && Secret().Match(reply.Text) is { Success: true } secret
            ? $"LEAK tells the secret {secret.Value}: {reply.Text}"
            : null;

    private static HashSet<string> Allowed(Probe probe, Verdict verdict)
    {
        var by = probe.By.Caller;
        var allowed = new HashSet<string> { by.User?.Value ?? "", by.Key?.Value ?? "", by.App?.Value ?? "" };
        foreach (var tenant in probe.By.Home.Tenants.Where(t => t.Members.ContainsKey(by.User?.Value ?? "")))
            allowed.UnionWith(tenant.Workspaces);
        allowed.UnionWith(verdict.MayTell);
        foreach (var row in verdict.MayShow)
        {
            allowed.UnionWith([row.Id, row.Tenant, row.Workspace ?? "", row.Owner ?? ""]);
            allowed.UnionWith(row.Traces);
        }
        return allowed;
    }

    /// <summary>What a cursor keeps, before its signature: it is shown to who has it.</summary>
    private static string Opened(Reply reply)
    {
        if (!reply.IsDone || Given().Match(reply.Text) is not { Success: true } given) return "";
        var kept = given.Groups["cursor"].Value.Split('.')[0].Replace('-', '+').Replace('_', '/');
        return Encoding.UTF8.GetString(Convert.FromBase64String(kept.PadRight((kept.Length + 3) / 4 * 4, '=')));
    }

    [GeneratedRegex("~s[0-9]+[^~\"]*~?", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Secret();

    [GeneratedRegex(
        "~[0-9]+\\.[^~\"]*~|(?!req|dec)[a-z]{2,4}_[0-9a-hjkmnp-tv-z]{26}", RegexOptions.None,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Telling();

    [GeneratedRegex(
        "\"next_cursor\":\"(?<cursor>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Given();
}
