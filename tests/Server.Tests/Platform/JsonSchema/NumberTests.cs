using System.Numerics;
using System.Text.Json;
using AwesomeAssertions;
using Castellan.Platform.JsonSchema.Values;

namespace Castellan.Tests.Platform.JsonSchema;

/// <summary>Numbers are what is written, not what a double holds.</summary>
public sealed class NumberTests(ITestOutputHelper output)
{
    private const int Pairs = 20_000;

    [Theory]
    [InlineData("""{"maximum":9007199254740992}""", "9007199254740993", false)]
    [InlineData("""{"maximum":0.1}""", "0.10000000000000000000000000000000000001", false)]
    [InlineData("""{"minimum":123456789012345678901234567890}""", "123456789012345678901234567889.9", false)]
    [InlineData("""{"minimum":123456789012345678901234567890}""", "1.2345678901234567890123456789e29", true)]
    [InlineData("""{"const":1}""", "1.000", true)]
    [InlineData("""{"const":100}""", "1e2", true)]
    [InlineData("""{"const":0}""", "-0.0e5", true)]
    [InlineData("""{"const":9007199254740992}""", "9007199254740993", false)]
    [InlineData("""{"type":"integer"}""", "1.0", true)]
    [InlineData("""{"type":"integer"}""", "1e400", true)]
    [InlineData("""{"type":"integer"}""", "150e-1", true)]
    [InlineData("""{"type":"integer"}""", "15e-1", false)]
    [InlineData("""{"multipleOf":0.01}""", "0.07", true)]
    [InlineData("""{"multipleOf":0.01}""", "1.115", false)]
    [InlineData("""{"multipleOf":0.01}""", "123456789012345678901234567890.12", true)]
    [InlineData("""{"multipleOf":3}""", "1e5000", false)]
    [InlineData("""{"multipleOf":5e-3000}""", "1e5000", true)]
    [InlineData("""{"multipleOf":1e308}""", "1", false)]
    [InlineData("""{"maxLength":2.0}""", "\"ab\"", true)]
    [InlineData("""{"maxLength":1e30}""", "\"ab\"", true)]
    public void Nothing_is_rounded(string schema, string instance, bool valid) =>
        Schemas.Of(schema).Accepts(instance).Should().Be(valid);

    /// <summary>Beside fractions of big integers, over numbers that are near to each other.</summary>
    [Fact]
    public void Order_equality_and_multiples_are_those_of_fractions()
    {
        var numbers = new SeededNumbers(SeededNumbers.Seed(output));
        var (equal, multiples) = (0, 0);
        for (var i = 0; i < Pairs; i++)
        {
            var (left, right) = (Number(numbers), Number(numbers));
            var (a, b) = (JsonElement.Parse(left.Text), JsonElement.Parse(right.Text));
            var exact = new ExactNumber(b);
            var order = (left.Value * right.Scale).CompareTo(right.Value * left.Scale);
            Assert.True(Math.Sign(exact.Compare(a)) == Math.Sign(order), $"{left.Text} {right.Text}");
            Assert.True(DeepEquality.Equal(a, b) == (order == 0), $"{left.Text} {right.Text}");
            if (order == 0) Assert.Equal(DeepEquality.Hash(a), DeepEquality.Hash(b));
            Assert.True(ExactNumber.IsWhole(a) == (left.Value % left.Scale == 0), left.Text);
            if (right.Value.Sign > 0)
            {
                var divides = left.Value * right.Scale % (right.Value * left.Scale) == 0;
                Assert.True(exact.Divides(a) == divides, $"{left.Text} {right.Text}");
                if (divides) multiples++;
            }
            if (order == 0) equal++;
        }
        equal.Should().BePositive();
        multiples.Should().BeGreaterThan(Pairs / 20);
    }

    /// <summary>A number as text, and as <c>Value / Scale</c>.</summary>
    private static (string Text, BigInteger Value, BigInteger Scale) Number(SeededNumbers numbers)
    {
        var digits = numbers.Below(4) == 0
            ? new BigInteger(numbers.Bits()) * numbers.Bits()
            : numbers.Below(numbers.Below(2) == 0 ? 20 : 2_000);
        var sign = numbers.Below(3) == 0 && !digits.IsZero ? "-" : "";
        var value = sign.Length > 0 ? -digits : digits;
        var fraction = numbers.Below(4);
        var exponent = numbers.Below(3) == 0 ? numbers.Below(30) - 15 : 0;
        var text = digits.ToString().PadLeft(fraction + 1, '0');
        text = fraction == 0 ? text : $"{text[..^fraction]}.{text[^fraction..]}";
        if (exponent != 0 || numbers.Below(5) == 0) text += $"{(numbers.Below(2) == 0 ? "e" : "E")}{exponent}";
        var power = exponent - fraction;
        return power >= 0
            ? (sign + text, value * BigInteger.Pow(10, power), BigInteger.One)
            : (sign + text, value, BigInteger.Pow(10, -power));
    }
}
