using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Platform.JsonSchema.Patterns;

namespace Castellan.Tests.Platform.JsonSchema;

/// <summary>ECMA-262 with its flag u.</summary>
public sealed class PatternTests
{
    [Theory]
    [InlineData("^.$", "\U0001F600", true)]
    [InlineData("^..$", "\U0001F600", false)]
    [InlineData("^[^a]$", "\U0001F600", true)]
    [InlineData("^[\U0001F600-\U0001F64F]{2}$", "\U0001F601\U0001F602", true)]
    [InlineData(@"^\ud83d\ude00$", "\U0001F600", true)]
    [InlineData(@"^\u{1F600}$", "\U0001F600", true)]
    [InlineData(@"\ud83d", "\U0001F600", false)]
    [InlineData(@"^[\u0000-\uffff]$", "\U0001F600", false)]
    [InlineData(@"^\P{L}$", "\U0001F600", true)]
    [InlineData(@"^\p{L}$", "\U00010400", true)]
    [InlineData(@"^\p{Lu}\p{gc=Ll}\p{General_Category=Decimal_Number}$", "Aa1", true)]
    [InlineData(@"^[\p{L}\d]+$", "aé1٣", false)]
    [InlineData(@"^[^\p{L}]+$", "12 ", true)]
    [InlineData(@"^\S$", "\u00a0", false)]
    [InlineData(@"^\w$", "é", false)]
    [InlineData(@"^\W$", "é", true)]
    [InlineData("a$", "a\n", false)]
    [InlineData("^b", "a\nb", false)]
    [InlineData("a.b", "a\u2028b", false)]
    [InlineData("a[^]b", "a\u2028b", true)]
    [InlineData("a[]", "a", false)]
    [InlineData(@"\bé", "aé", true)]
    [InlineData(@"^\cJ$", "\n", true)]
    [InlineData(@"^[\b]$", "\b", true)]
    [InlineData(@"^(?<x>a)(b)\2\k<x>$", "abba", true)]
    [InlineData(@"^\1(a)$", "a", true)]
    [InlineData(@"^(?:(a)|b)\1$", "b", true)]
    [InlineData(@"^[\]\-\^]+$", "]-^", true)]
    [InlineData(@"^\/$", "/", true)]
    [InlineData("^a{2,}?$", "aaa", true)]
    [InlineData("", "x", true)]
    public void Patterns_mean_what_the_standard_says(string pattern, string text, bool matches)
    {
        var schema = Schemas.Of(new JsonObject { ["pattern"] = pattern }.ToJsonString());
        schema.IsValid(JsonElement.Parse(JsonValue.Create(text).ToJsonString())).Should().Be(matches);
    }

    [Theory]
    [InlineData("a**")]
    [InlineData("{")]
    [InlineData("a{2,1}")]
    [InlineData("a{,2}")]
    [InlineData("]")]
    [InlineData(")")]
    [InlineData("(?<1>a)")]
    [InlineData("(?<a>a)(?<a>b)")]
    [InlineData(@"\k<b>(?<a>x)")]
    [InlineData(@"\2(a)")]
    [InlineData(@"\_")]
    [InlineData(@"\Z")]
    [InlineData(@"\u12")]
    [InlineData(@"\u{110000}")]
    [InlineData(@"\x1")]
    [InlineData(@"\c1")]
    [InlineData(@"\00")]
    [InlineData(@"\p{}")]
    [InlineData("[b-a]")]
    [InlineData(@"[\w-a]")]
    [InlineData("[a")]
    [InlineData("(?=a)*")]
    [InlineData("^*")]
    [InlineData("\\")]
    [InlineData("(?i)a")]
    public void What_is_no_pattern_is_refused_with_its_place(string pattern)
    {
        var fault = PatternReader.Read(pattern).Fault;
        fault!.Code.Should().Be("bad_pattern");
        fault.Detail.Should().Contain("at character");
    }
}
