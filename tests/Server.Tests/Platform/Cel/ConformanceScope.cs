using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Castellan.Tests.Platform.Cel;

/// <summary>Which cases of the specification's tests ask for what this implementation has on purpose not.</summary>
internal static partial class ConformanceScope
{
    /// <summary>Files that are about one thing.</summary>
    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["bindings_ext"] = "extension: local bindings",
        ["block_ext"] = "extension: blocks",
        ["encoders_ext"] = "extension: encoders",
        ["enums"] = "enums of protocol buffers",
        ["macros2"] = "extension: macros with two variables",
        ["math_ext"] = "extension: math",
        ["network_ext"] = "extension: network",
        ["optionals"] = "extension: optional values",
        ["proto2"] = "messages of protocol buffers",
        ["proto2_ext"] = "messages of protocol buffers",
        ["proto3"] = "messages of protocol buffers",
        ["dynamic"] = "messages of protocol buffers",
        ["wrappers"] = "messages of protocol buffers",
    };

    /// <summary>Why a case is out of scope, or null.</summary>
    public static string? Reason(string file, JsonNode test)
    {
        if (Files.TryGetValue(file, out var reason)) return reason;
        var text = Times().Replace(test.ToJsonString(), "");
        if (Messages().IsMatch(text)) return "messages of protocol buffers";
        if (Optionals().IsMatch(text)) return "extension: optional values";
        return Abstract().IsMatch(text) ? "abstract types" : null;
    }

    [GeneratedRegex(@"google\.protobuf\.(?:Timestamp|Duration)\b", RegexOptions.None, 1000)]
    private static partial Regex Times();

    [GeneratedRegex(@"TestAllTypes|google\.protobuf\.|enumValue|TestMessage", RegexOptions.None, 1000)]
    private static partial Regex Messages();

    [GeneratedRegex(@"optional(?:_type|\.)", RegexOptions.None, 1000)]
    private static partial Regex Optionals();

    [GeneratedRegex("abstractType", RegexOptions.None, 1000)]
    private static partial Regex Abstract();
}
