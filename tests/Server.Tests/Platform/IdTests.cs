using System.Numerics;
using AwesomeAssertions;
using Castellan.Platform;
using CsCheck;

namespace Castellan.Tests.Platform;

/// <summary>
/// TypeID specification 0.3; the vectors are those of its own <c>valid.yml</c> and <c>invalid.yml</c>.
/// </summary>
public sealed class IdTests
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private readonly struct PrefixKind : IIdKind
    {
        public static string Prefix => "prefix";
    }

    [Theory]
    [InlineData("prefix_00000000000000000000000000", "00000000-0000-0000-0000-000000000000")]
    [InlineData("prefix_00000000000000000000000001", "00000000-0000-0000-0000-000000000001")]
    [InlineData("prefix_0000000000000000000000000a", "00000000-0000-0000-0000-00000000000a")]
    [InlineData("prefix_0000000000000000000000000g", "00000000-0000-0000-0000-000000000010")]
    [InlineData("prefix_00000000000000000000000010", "00000000-0000-0000-0000-000000000020")]
    [InlineData("prefix_7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff")]
    [InlineData("prefix_0123456789abcdefghjkmnpqrs", "0110c853-1d09-52d8-d73e-1194e95b5f19")]
    [InlineData("prefix_01h455vb4pex5vsknk084sn02q", "01890a5d-ac96-774b-bcce-b302099a8057")]
    public void Valid_ids(string text, string uuid)
    {
        Id<PrefixKind>.TryParse(text, out var id).Should().BeTrue();
        id.Value.Should().Be(text);
        Decode(text).Should().Be(Guid.Parse(uuid));
    }

    [Theory]
    [InlineData("PREFIX_00000000000000000000000000")]
    [InlineData("12345_00000000000000000000000000")]
    [InlineData("pre.fix_00000000000000000000000000")]
    [InlineData("préfix_00000000000000000000000000")]
    [InlineData("  prefix_00000000000000000000000000")]
    [InlineData("abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnop_00000000000000000000000000")]
    [InlineData("_00000000000000000000000000")]
    [InlineData("_")]
    [InlineData("prefix_1234567890123456789012345")]
    [InlineData("prefix_123456789012345678901234567")]
    [InlineData("prefix_1234567890123456789012345 ")]
    [InlineData("prefix_0123456789ABCDEFGHJKMNPQRS")]
    [InlineData("prefix_123456789-123456789-123456")]
    [InlineData("prefix_ooooooiiiiiiuuuuuuulllllll")]
    [InlineData("prefix_i23456789ol23456789oi23456")]
    [InlineData("prefix_8zzzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("_prefix_00000000000000000000000000")]
    [InlineData("prefix__00000000000000000000000000")]
    [InlineData("prefix00000000000000000000000000")]
    [InlineData("other_01h455vb4pex5vsknk084sn02q")]
    [InlineData("")]
    [InlineData(null)]
    public void Invalid_ids(string? text) => Id<PrefixKind>.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void A_new_id_is_a_UUID_of_version_7_and_its_time() => Gen.Long[0, (1L << 48) - 1].Sample(
        milliseconds =>
        {
            var time = DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Min(milliseconds, 253_402_300_799_999));
            var id = Id<PrefixKind>.New(time);
            Id<PrefixKind>.TryParse(id.Value, out var read).Should().BeTrue();
            read.Should().Be(id);
            var uuid = Decode(id.Value);
            uuid.Version.Should().Be(7);
            uuid.Variant.Should().BeInRange(8, 11);
            Convert.ToInt64(uuid.ToString("N")[..12], 16).Should().Be(time.ToUnixTimeMilliseconds());
        },
        iter: 1_000);

    [Fact]
    public void Ids_sort_by_time_and_the_earliest_of_a_time_comes_first() =>
        Gen.Select(Gen.Long[0, 4_000_000_000_000], Gen.Int[1, 1_000_000]).Sample((milliseconds, later) =>
        {
            var time = DateTimeOffset.UnixEpoch.AddMilliseconds(milliseconds);
            var id = Id<PrefixKind>.New(time);
            id.CompareTo(Id<PrefixKind>.Earliest(time)).Should().BePositive();
            id.CompareTo(Id<PrefixKind>.Earliest(time.AddMilliseconds(later))).Should().BeNegative();
            Decode(Id<PrefixKind>.Earliest(time).Value).ToString("N")[12..].Should().Be(new string('0', 20));
        }, iter: 1_000);

    [Fact]
    public void New_ids_differ() => Enumerable.Range(0, 10_000)
        .Select(_ => Id<PrefixKind>.New(DateTimeOffset.UnixEpoch)).Should().OnlyHaveUniqueItems();

    /// <summary>Crockford's base32, read by arithmetic.</summary>
    private static Guid Decode(string text)
    {
        var value = text[^26..].Aggregate(BigInteger.Zero, (sum, c) => (sum * 32) + Alphabet.IndexOf(c));
        return Guid.ParseExact(value.ToString("x32")[^32..], "N");
    }
}
