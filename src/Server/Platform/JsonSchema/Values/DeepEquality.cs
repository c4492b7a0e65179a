using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Castellan.Platform.JsonSchema.Values;

/// <summary>
/// Equality of JSON values (core, section 4.2.2): numbers by value, strings by their characters, objects whatever the
/// order of their members.
/// </summary>
internal static class DeepEquality
{
    /// <summary>Members up to which looking each name up in turn is cheaper than a table of names.</summary>
    private const int FewMembers = 16;

    public static bool Equal(in JsonElement left, in JsonElement right)
    {
        var kind = left.ValueKind;
        if (kind != right.ValueKind) return false;
        return kind switch
        {
            JsonValueKind.String => EqualTexts(left, right),
            JsonValueKind.Number => EqualNumbers(left, right),
            JsonValueKind.Array => EqualItems(left, right),
            JsonValueKind.Object => EqualMembers(left, right),
            _ => true,
        };
    }

    /// <summary>Equal values have equal hashes.</summary>
    public static int Hash(in JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                using (var text = JsonText.Of(value)) return HashOf(text.Utf8);
            case JsonValueKind.Number:
                return new NumberText(value).Hash();
            case JsonValueKind.Array:
                var items = 17;
                foreach (var item in value.EnumerateArray()) items = HashCode.Combine(items, Hash(item));
                return items;
            case JsonValueKind.Object:
                var members = 23;
                foreach (var member in value.EnumerateObject())
                {
                    using var name = new JsonText(JsonMarshal.GetRawUtf8PropertyName(member));
                    members += HashCode.Combine(HashOf(name.Utf8), Hash(member.Value));
                }
                return members;
            default:
                return (int)value.ValueKind;
        }
    }

    private static int HashOf(ReadOnlySpan<byte> utf8) => (int)XxHash3.HashToUInt64(utf8);

    private static bool EqualTexts(in JsonElement left, in JsonElement right)
    {
        var leftRaw = JsonText.Raw(left);
        var rightRaw = JsonText.Raw(right);
        if (leftRaw.SequenceEqual(rightRaw)) return true;
        using var leftText = new JsonText(leftRaw);
        using var rightText = new JsonText(rightRaw);
        return leftText.Utf8.SequenceEqual(rightText.Utf8);
    }

    private static bool EqualNumbers(in JsonElement left, in JsonElement right)
    {
        if (left.TryGetInt64(out var whole) && right.TryGetInt64(out var otherWhole)) return whole == otherWhole;
        return NumberText.Compare(new NumberText(left), new NumberText(right)) == 0;
    }

    private static bool EqualItems(in JsonElement left, in JsonElement right)
    {
        if (left.GetArrayLength() != right.GetArrayLength()) return false;
        var others = right.EnumerateArray();
        foreach (var item in left.EnumerateArray())
        {
            if (!others.MoveNext() || !Equal(item, others.Current)) return false;
        }
        return true;
    }

    private static bool EqualMembers(in JsonElement left, in JsonElement right)
    {
        var count = left.GetPropertyCount();
        if (count != right.GetPropertyCount()) return false;
        if (count > FewMembers) return EqualManyMembers(left, right);
        foreach (var member in left.EnumerateObject())
        {
            using var name = new JsonText(JsonMarshal.GetRawUtf8PropertyName(member));
            if (!JsonText.TryGetMember(right, name.Utf8, out var other) || !Equal(member.Value, other)) return false;
        }
        return true;
    }

    private static bool EqualManyMembers(in JsonElement left, in JsonElement right)
    {
        var others = new Dictionary<string, JsonElement>(right.GetPropertyCount());
        foreach (var member in right.EnumerateObject()) others[JsonText.NameOf(member)] = member.Value;
        foreach (var member in left.EnumerateObject())
        {
            if (!others.TryGetValue(JsonText.NameOf(member), out var other)) return false;
            if (!Equal(member.Value, other)) return false;
        }
        return true;
    }
}
