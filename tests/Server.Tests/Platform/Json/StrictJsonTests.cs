using System.Text;
using System.Text.Json;
using AwesomeAssertions;
using Castellan.Platform.Json;
using Castellan.Tests.Judges;

namespace Castellan.Tests.Platform.Json;

public sealed class StrictJsonTests(ITestOutputHelper output)
{
    private const int Documents = 10_000;

    [Theory]
    [InlineData("""{"a":1,"a":1}""")]
    [InlineData("""{"a":1,"\u0061":1}""")]
    [InlineData("""{"\ud83d\ude00":1,"😀":1}""")]
    [InlineData("""[{"b":{"/":1,"\/":1}}]""")]
    public void Members_that_are_repeated_are_refused_however_they_are_written(string text) =>
        Wrong(text).Should().Contain("repeats a member");

    [Theory]
    [InlineData("""{"a":1,"A":1,"":1,"\u00e1":1,"a\u0301":1}""")]
    [InlineData("""[{"a":1},{"a":1}]""")]
    public void Members_that_only_look_alike_are_not_repeated(string text) => Wrong(text).Should().BeNull();

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public void Thirty_two_levels_are_read_and_no_more(string open, string close)
    {
        Wrong(Nested(32)).Should().BeNull();
        Wrong(Nested(33)).Should().Contain("is not JSON at line 1");
        Wrong(Nested(10_000)).Should().NotBeNull();

        string Nested(int levels)
        {
            var inner = open == "[" ? "" : "1";
            return string.Concat(Enumerable.Repeat(open, levels)) + inner
                + string.Concat(Enumerable.Repeat(close, levels));
        }
    }

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("\"\\udc00\"")]
    [InlineData("\"\\udc00\\ud800\"")]
    [InlineData("\"\\ud800\\ud800\\udc00\"")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("{\"a\":1,\"\\ud800\":1}")]
    [InlineData("[[\"a\",\"\\ud83d x\"]]")]
    public void Lone_surrogates_are_refused(string text) => Wrong(text).Should().Be("The body holds a lone surrogate.");

    [Theory]
    [InlineData("22C328220A", "a lead byte without its follower")]
    [InlineData("22A022", "a follower alone")]
    [InlineData("22C0AF22", "an overlong form")]
    [InlineData("22E08080220A", "an overlong NUL")]
    [InlineData("22EDA08022", "a surrogate")]
    [InlineData("22F490808022", "beyond U+10FFFF")]
    [InlineData("22F09F9822", "cut short")]
    [InlineData("FFFE22006100", "UTF-16")]
    [InlineData("2261FF22", "no byte of UTF-8")]
    public void Invalid_UTF_8_is_refused(string bytes, string why) =>
        Wrong(Convert.FromHexString(bytes)).Should().Be("The body is not valid UTF-8.", why);

    [Theory]
    [InlineData("9007199254740991", true)]
    [InlineData("-9007199254740991", true)]
    [InlineData("9007199254740992", false)]
    [InlineData("-9007199254740992", false)]
    [InlineData("9223372036854775807", false)]
    [InlineData("18446744073709551616", false)]
    [InlineData("100000000000000000000000000000000000000000", false)]
    [InlineData("1e400", false)]
    [InlineData("-1e400", false)]
    [InlineData("1e308", true)]
    [InlineData("1e-400", true)]
    [InlineData("-0", true)]
    [InlineData("0.1", true)]
    public void Numbers_are_those_that_every_program_reads_alike(string number, bool isGood)
    {
        Wrong(number).Should().Be(isGood ? null : $"The number at the top {Unsafe}");
        Wrong($$"""{"a/b":[0,{{number}}]}""").Should().Be(isGood ? null : $"The number at /a~1b/1 {Unsafe}");
    }

    private const string Unsafe = "is outside of what every JSON program reads alike; send it as a string.";

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("1 2")]
    [InlineData("{}x")]
    [InlineData("{} {}")]
    [InlineData("[1,]")]
    [InlineData("// no\n1")]
    [InlineData("\uFEFF{}")]
    [InlineData("01")]
    [InlineData("'a'")]
    [InlineData("NaN")]
    [InlineData("\u00A01")]
    public void What_is_not_one_JSON_document_is_refused_with_its_place(string text) =>
        Wrong(text).Should().StartWith("The body is not JSON at line ");

    [Fact]
    public void A_NUL_is_refused_wherever_it_stands()
    {
        Wrong("\"a\\u0000\"").Should().Be("The text at the top holds a NUL.");
        Wrong("""{"a":{"b\u0000":1}}""").Should().StartWith("The text at /a/b").And.EndWith(" holds a NUL.");
    }

    /// <summary>Strict, and no stricter than it says: beside a judge, and a subset of what the BCL reads.</summary>
    [Fact]
    public async Task Documents_good_and_bad_are_read_and_refused_as_another_implementation_does()
    {
        var numbers = new SeededNumbers(SeededNumbers.Seed(output));
        var documents = new RandomJson(numbers) { WithFaults = true };
        var bodies = Enumerable.Range(0, Documents).Select(_ => Broken(documents.Next(), numbers)).ToList();
        await using var judge = Judge.Start("ijson.mjs");
        var verdicts = await judge.Judged(string.Concat(bodies.Select(body => Convert.ToBase64String(body) + "\n")));

        var good = 0;
        verdicts.Should().HaveCount(Documents);
        foreach (var (body, verdict) in bodies.Zip(verdicts))
        {
            var wrong = Wrong(body);
            var text = Encoding.UTF8.GetString(body);
            Assert.True(verdict["good"]!.GetValue<bool>() == (wrong is null), $"{verdict}: {wrong}\n{text}");
            if (wrong is not null) continue;
            good++;
            Assert.True(BclReads(body), text);
        }
        good.Should().BeInRange(Documents / 10, Documents * 9 / 10, "a judge of one word judges nothing");
    }

    /// <summary>Some bodies lose, gain or change a byte, as broken clients and networks make them.</summary>
    private static byte[] Broken(string text, SeededNumbers numbers)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length == 0 || numbers.Below(4) > 0) return bytes;
        var at = numbers.Below(bytes.Length);
        switch (numbers.Below(3))
        {
            case 0: return [.. bytes[..at], .. bytes[(at + 1)..]];
            case 1: return [.. bytes[..at], (byte)numbers.Below(256), .. bytes[at..]];
            default:
                bytes[at] ^= (byte)(1 << numbers.Below(8));
                return bytes;
        }
    }

    private static bool BclReads(byte[] body)
    {
        try
        {
            JsonDocument.Parse(body).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? Wrong(string text) => Wrong(Encoding.UTF8.GetBytes(text));

    private static string? Wrong(byte[] body)
    {
        using var document = StrictJson.Parse(body, out var wrong);
        (document is null).Should().Be(wrong is not null);
        return wrong;
    }
}
