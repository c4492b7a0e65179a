using System.Text;
using AwesomeAssertions;
using Castellan.Platform.StructuredFields;

namespace Castellan.Tests.Platform.StructuredFields;

/// <summary>RFC 9651 section 4.2, as strictly as it allows.</summary>
public sealed class FieldDictionaryTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("  a=1  ", "a=1")]
    [InlineData("a=1,b=2", "a=1|b=2")]
    [InlineData("a=1 \t, \tb=-2", "a=1|b=-2")]
    [InlineData("a", "a=?1")]
    [InlineData("a;x", "a=?1;x")]
    [InlineData("a=?0;x=?1", "a=?0;x")]
    [InlineData("a=?1;  x=1;y", "a=?1;x=1;y")]
    [InlineData("*a_-.9=tok/en:*", "*a_-.9=tok/en:*")]
    [InlineData("a=007", "a=7")]
    [InlineData("a=-999999999999999", "a=-999999999999999")]
    [InlineData("a=1.50", "a=1.5")]
    [InlineData("a=1.0", "a=1.0")]
    [InlineData("a=@1659578233", "a=@1659578233")]
    [InlineData("a=\"q\\\"b\\\\\"", "a=\"q\\\"b\\\\\"")]
    [InlineData("a=\"\"", "a=\"\"")]
    [InlineData("a=:aGk=:", "a=:aGk=:")]
    [InlineData("a=::", "a=::")]
    [InlineData("a=()", "a=()")]
    [InlineData("a=(  \"x\"   y;p  1 );q=2", "a=(\"x\" y;p 1);q=2")]
    public void What_is_one_is_read_and_written_in_its_one_form(string text, string written)
    {
        var dictionary = FieldDictionary.Parse(text);

        dictionary.Should().NotBeNull();
        string.Join('|', dictionary!.Members.Select(member => $"{member.Key}={Written(member.Value)}"))
            .Should().Be(written);
    }

    [Theory]
    [InlineData("a=1,")]
    [InlineData(",a=1")]
    [InlineData("a=1 b=2")]
    [InlineData("a=")]
    [InlineData("a= 1")]
    [InlineData("A=1")]
    [InlineData("1a=1")]
    [InlineData("a=1, a=2")]
    [InlineData("a;x;x")]
    [InlineData("a;X=1")]
    [InlineData("a=-")]
    [InlineData("a=--1")]
    [InlineData("a=1000000000000000")]
    [InlineData("a=1.")]
    [InlineData("a=.1")]
    [InlineData("a=1.2345")]
    [InlineData("a=1234567890123.1")]
    [InlineData("a=@1.5")]
    [InlineData("a=@")]
    [InlineData("a=?")]
    [InlineData("a=?2")]
    [InlineData("a=\"x")]
    [InlineData("a=\"\\x\"")]
    [InlineData("a=\"\u00e9\"")]
    [InlineData("a=\"\n\"")]
    [InlineData("a=:aGk:")]
    [InlineData("a=:aGl=:")]
    [InlineData("a=:a Gk=:")]
    [InlineData("a=:aGk=")]
    [InlineData("a=:a-_=:")]
    [InlineData("a=(1")]
    [InlineData("a=(1,2)")]
    [InlineData("a=(\"x\"\"y\")")]
    [InlineData("a=((1))")]
    [InlineData("a=%\"x\"")]
    [InlineData("a=\0")]
    [InlineData("\ta=1")]
    public void What_is_none_is_refused(string text) => FieldDictionary.Parse(text).Should().BeNull();

    [Fact]
    public void Nothing_that_is_cut_off_or_long_is_taken_or_throws()
    {
        const string Whole =
            "sig=(\"@method\" \"@path\";req);created=1;nonce=\"a\\\"b\";x=:aGk=:;y=?0;z=@1;w=1.5, b=tok";
        var cuts = Enumerable.Range(0, Whole.Length).Select(length => FieldDictionary.Parse(Whole[..length])).ToList();

        FieldDictionary.Parse(Whole)!.Members.Should().HaveCount(2);
        cuts.Count(cut => cut is not null).Should().BeLessThan(Whole.Length / 2);
        FieldDictionary.Parse(new string('a', 8_193)).Should().BeNull();
        FieldDictionary.Parse("a=" + new string('(', 8_000)).Should().BeNull();
    }

    private static string Written(FieldValue value)
    {
        var text = new StringBuilder();
        if (value is InnerList list) list.Write(text);
        else ((FieldItem)value).Write(text);
        return text.ToString();
    }
}
