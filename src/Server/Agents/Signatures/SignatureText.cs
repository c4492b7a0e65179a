using System.Text;
using Castellan.Kernel.Http;
using Castellan.Platform.StructuredFields;

namespace Castellan.Agents.Signatures;

/// <summary>
/// The text that is signed: RFC 9421 section 2.5. Derived components are those of a request as a whole, fields are
/// taken by their names alone; what needs parameters (parts of fields, of the query, of another message) is refused.
/// </summary>
internal static class SignatureText
{
    /// <summary>
    /// The bytes, or null and what is wrong with <paramref name="covered"/>. <paramref name="origin"/> is scheme and
    /// authority by which this server is known: what was signed for another server fits no base of ours.
    /// </summary>
    public static byte[]? Of(HttpMessage message, string origin, InnerList covered, out string? wrong)
    {
        var text = new StringBuilder();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in covered.Items)
        {
            wrong = Misnamed(item);
            if (wrong is not null) return null;
            var name = item.Value.Text;
            if (!seen.Add(name)) wrong = $"\"{name}\" is covered twice.";
            else if (Value(message, origin, name) is not { } value) wrong = $"\"{name}\" is covered and not there.";
            else text.Append('"').Append(name).Append("\": ").Append(value).Append('\n');
            if (wrong is not null) return null;
        }
        text.Append("\"@signature-params\": ");
        covered.Write(text);
        wrong = null;
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static string? Misnamed(FieldItem item)
    {
        if (item.Value is not { Kind: BareKind.String, Text: { Length: > 0 } name })
            return "A covered component is named by a string.";
        if (item.Parameters.Count > 0) return $"\"{name}\" has a parameter: only whole components can be covered.";
        return name.Any(char.IsAsciiLetterUpper) ? $"\"{name}\" must be in lower case." : null;
    }

    private static string? Value(HttpMessage message, string origin, string name)
    {
        if (name[0] != '@')
        {
            // Text that is not ASCII has no one form in bytes here.
            return message.Field(name) is { } value && Ascii.IsValid(value) ? value : null;
        }
        var target = message.Target;
        // An absolute form, or an asterisk, is no target of ours.
        if (target[0] != '/' || !Ascii.IsValid(target)) return null;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return name switch
        {
            "@method" => message.Method,
            "@target-uri" => origin + target,
            "@request-target" => target,
            "@authority" => origin[(origin.IndexOf("://", StringComparison.Ordinal) + 3)..],
            "@scheme" => origin[..origin.IndexOf(':', StringComparison.Ordinal)],
            "@path" => query < 0 ? target : target[..query],
            "@query" => query < 0 ? "?" : target[query..],
            _ => null,
        };
    }
}
