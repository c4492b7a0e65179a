using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Castellan.Platform.Json;
using Castellan.Tests.Judges;

namespace Castellan.Tests.Platform.Json;

/// <summary>RFC 8785: its own examples, and 10,000 documents beside another implementation.</summary>
public sealed class CanonicalJsonTests(ITestOutputHelper output)
{
    private const int Documents = 10_000;

    /// <summary>Section 3.2.2.</summary>
    [Fact]
    public void The_example_of_the_standard() => Canonical("""
        {
          "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
          "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
          "literals": [null, true, false]
        }
        """).Should().Be("""
        {"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],
        """ + """
        "string":"€$\u000f\nA'B\"\\\\\"/"}
        """);

    /// <summary>Section 3.2.3: by UTF-16 code units, so a pair comes before U+FB33.</summary>
    [Fact]
    public void The_example_of_sorting() => Canonical("""
        {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
         "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}
        """).Should().Be("{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
        + "\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\","
        + "\"\uFB33\":\"Hebrew Letter Dalet With Dagesh\"}");

    /// <summary>Appendix B.</summary>
    [Theory]
    [InlineData(0x0000000000000000, "0")]
    [InlineData(0x8000000000000000, "0")]
    [InlineData(0x0000000000000001, "5e-324")]
    [InlineData(0x8000000000000001, "-5e-324")]
    [InlineData(0x7fefffffffffffff, "1.7976931348623157e+308")]
    [InlineData(0xffefffffffffffff, "-1.7976931348623157e+308")]
    [InlineData(0x4340000000000000, "9007199254740992")]
    [InlineData(0xc340000000000000, "-9007199254740992")]
    [InlineData(0x4430000000000000, "295147905179352830000")]
    [InlineData(0x44b52d02c7e14af5, "9.999999999999997e+22")]
    [InlineData(0x44b52d02c7e14af6, "1e+23")]
    [InlineData(0x44b52d02c7e14af7, "1.0000000000000001e+23")]
    [InlineData(0x444b1ae4d6e2ef4e, "999999999999999700000")]
    [InlineData(0x444b1ae4d6e2ef4f, "999999999999999900000")]
    [InlineData(0x444b1ae4d6e2ef50, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8d, "0.000001")]
    [InlineData(0x41b3de4355555553, "333333333.3333332")]
    [InlineData(0x41b3de4355555554, "333333333.33333325")]
    [InlineData(0x41b3de4355555555, "333333333.3333333")]
    [InlineData(0x41b3de4355555556, "333333333.3333334")]
    [InlineData(0x41b3de4355555557, "333333333.33333343")]
    [InlineData(0xbecbf647612f3696, "-0.0000033333333333333333")]
    [InlineData(0x43143ff3c1cb0959, "1424953923781206.2")]
    public void The_numbers_of_the_standard(ulong bits, string expected) =>
        CanonicalJson.Number(BitConverter.UInt64BitsToDouble(bits)).Should().Be(expected);

    [Fact]
    public async Task Documents_of_all_kinds_are_written_as_another_implementation_writes_them()
    {
        var documents = new RandomJson(new SeededNumbers(SeededNumbers.Seed(output)));
        var texts = Enumerable.Range(0, Documents).Select(_ => documents.Next()).ToList();
        await using var judge = Judge.Start("canonical.mjs");
        var verdicts = await judge.Judged(string.Concat(texts.Select(text => text + "\n")));

        verdicts.Should().HaveCount(Documents);
        foreach (var (text, verdict) in texts.Zip(verdicts))
        {
            var canonical = Canonical(text);
            Assert.True(canonical == verdict["canonical"]!.ToString(), $"{text}\n{canonical}\n{verdict["canonical"]}");
            // What is canonical stays as it is, and is good input.
            Assert.True(Canonical(canonical) == canonical, canonical);
        }
    }

    private static string Canonical(string text)
    {
        using var document = JsonDocument.Parse(text);
        return Encoding.UTF8.GetString(CanonicalJson.Write(document.RootElement));
    }
}
