using System.Text.RegularExpressions;

namespace Castellan.Cli.Agents;

/// <summary>Says in words whom a rule lets through; what has no words of its own is quoted.</summary>
internal static partial class RuleWords
{
    private const int QuotedMax = 160;

    public static string Of(string? source)
    {
        if (source is null) return "nobody (locked)";
        return string.Join(", or ", Alternatives(source).Select(One));
    }

    private static string One(string part) => part switch
    {
        "public" => "anybody, without signing in",
        "owner" => "its owner",
        "tenant_member" => "every member of the tenant",
        "workspace_member" => "members of its workspace",
        _ => Call().Match(part) is { Success: true } call
            ? Called(call.Groups["name"].Value, call.Groups["argument"].Value, part)
            : Quoted(part),
    };

    private static string Called(string function, string argument, string part) => (function, argument) switch
    {
        ("tenant_role", "viewer") => "every member of the tenant",
        ("tenant_role", "member") => "the tenant's members, admins and owners, not viewers",
        ("tenant_role", "admin") => "the tenant's admins and owners",
        ("tenant_role", "owner") => "the tenant's owners",
        ("role", _) => $"who has the app's role {argument}",
        ("can", _) => $"whose role of the app allows {argument}",
        _ => Quoted(part),
    };

    private static string Quoted(string part)
    {
        var line = string.Join(' ', part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return $"where `{(line.Length > QuotedMax ? line[..QuotedMax] + " ..." : line)}`";
    }

    /// <summary>The parts between the outermost <c>||</c>, which binds least of all but for the conditional.</summary>
    private static List<string> Alternatives(string source)
    {
        var (parts, depth, from, quote) = (new List<string>(), 0, 0, '\0');
        for (var i = 0; i < source.Length; i++)
        {
            var c = source[i];
            if (quote != '\0')
            {
                if (c == '\\') i++;
                else if (c == quote) quote = '\0';
            }
            else if (c is '\'' or '"') quote = c;
            else if (c is '(' or '[' or '{') depth++;
            else if (c is ')' or ']' or '}') depth--;
            // A conditional takes in every alternative beside it.
            else if (c == '?' && depth == 0) return [source.Trim()];
            else if (c == '|' && depth == 0 && i + 1 < source.Length && source[i + 1] == '|')
            {
                parts.Add(source[from..i].Trim());
                from = ++i + 1;
            }
        }
        parts.Add(source[Math.Min(from, source.Length)..].Trim());
        return parts;
    }

    [GeneratedRegex(
        """^(?<name>tenant_role|role|can)\(\s*(?<quote>['"])(?<argument>[a-z0-9_.]+)\k<quote>\s*\)$""",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Call();
}
