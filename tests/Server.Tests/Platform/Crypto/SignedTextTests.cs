using System.Text;
using AwesomeAssertions;
using Castellan.Platform.Crypto;
using CsCheck;

namespace Castellan.Tests.Platform.Crypto;

public sealed class SignedTextTests
{
    private static readonly Gen<string> AnyText =
        Gen.Frequency((4, Gen.Int[0x0, 0xD7FF]), (1, Gen.Int[0xE000, 0x10FFFF])).Array[0, 40]
            .Select(runes => string.Concat(runes.Select(char.ConvertFromUtf32)));

    private readonly SignedText signed = new(Encoding.ASCII.GetBytes("a key of this test, of 32 bytes."));

    [Fact]
    public void What_was_signed_verifies() =>
        AnyText.Sample(text => signed.Verify(signed.Sign(text)).Should().Be(text), iter: 1_000);

    /// <summary>Also the bits that base64 does not use, so that one payload has one text.</summary>
    [Fact]
    public void Any_other_bit_is_refused() => Gen.Select(AnyText, Gen.Int[0, 10_000], Gen.Int[0, 6]).Sample(
        (text, place, bit) =>
        {
            var characters = signed.Sign(text).ToCharArray();
            characters[place % characters.Length] ^= (char)(1 << bit);
            signed.Verify(new string(characters)).Should().BeNull();
        },
        iter: 5_000);

    [Fact]
    public void More_or_less_of_it_is_refused() => AnyText.Sample(text =>
    {
        var right = signed.Sign(text);
        string[] wrong =
        [
            right[..^1], right[1..], right + "A", right + "=", right + "==", " " + right, right + "\n",
            right.Replace(".", "..", StringComparison.Ordinal), right.Replace(".", "=.", StringComparison.Ordinal),
            right.Replace(".", "", StringComparison.Ordinal), right.Replace(".", " .", StringComparison.Ordinal),
            "", ".",
        ];
        wrong.Where(w => w != right).Should().OnlyContain(w => signed.Verify(w) == null);
    }, iter: 300);

    [Fact]
    public void Another_key_is_another_signature() =>
        new SignedText(new byte[32]).Verify(signed.Sign("text")).Should().BeNull();
}
