using System.Globalization;
using AwesomeAssertions;
using Castellan.Platform;
using CsCheck;

namespace Castellan.Tests.Platform;

public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.5200000")] // section 5.8, as the three below
    [InlineData("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57.0000000")]
    [InlineData("1990-12-31T23:59:60Z", "1991-01-01T00:00:00.0000000")]
    [InlineData("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00.0000000")]
    [InlineData("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.8700000")]
    [InlineData("2016-07-01T00:59:60.5+01:00", "2016-07-01T00:00:00.5000000")]
    [InlineData("2030-01-15t12:00:00z", "2030-01-15T12:00:00.0000000")]
    [InlineData("2030-01-15T12:00:00-00:00", "2030-01-15T12:00:00.0000000")]
    [InlineData("2030-01-15T12:00:00+23:59", "2030-01-14T12:01:00.0000000")]
    [InlineData("2030-01-15T12:00:00.1234567Z", "2030-01-15T12:00:00.1234567")]
    [InlineData("2030-01-15T12:00:00.123456789Z", "2030-01-15T12:00:00.1234567")]
    [InlineData("2030-01-15T12:00:00.0000000000000000009Z", "2030-01-15T12:00:00.0000000")]
    [InlineData("2028-02-29T00:00:00Z", "2028-02-29T00:00:00.0000000")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999")]
    public void Times_are_read(string text, string utc)
    {
        Rfc3339.TryParse(text, out var time).Should().BeTrue();
        time.Offset.Should().Be(TimeSpan.Zero);
        time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture).Should().Be(utc);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2030-01-15")]
    [InlineData("2030-01-15T12:00:00")]
    [InlineData("2030-01-15 12:00:00Z")]
    [InlineData("2030-01-15T12:00Z")]
    [InlineData("2030-01-15T12:00:00.Z")]
    [InlineData("2030-01-15T12:00:00,5Z")]
    [InlineData("2030-01-15T12:00:00.5")]
    [InlineData("2030-01-15T12:00:00+0530")]
    [InlineData("2030-01-15T12:00:00+05")]
    [InlineData("2030-01-15T12:00:00+5:30")]
    [InlineData("2030-01-15T12:00:00+24:00")]
    [InlineData("2030-01-15T12:00:00+05:60")]
    [InlineData("2030-01-15T12:00:00ZZ")]
    [InlineData("2030-01-15T12:00:00Z ")]
    [InlineData(" 2030-01-15T12:00:00Z")]
    [InlineData("2030-01-15T12:00:00UTC")]
    [InlineData("2030-1-15T12:00:00Z")]
    [InlineData("30-01-15T12:00:00.000Z")]
    [InlineData("+2030-01-15T12:00:00Z")]
    [InlineData("2030-00-15T12:00:00Z")]
    [InlineData("2030-13-15T12:00:00Z")]
    [InlineData("2030-01-00T12:00:00Z")]
    [InlineData("2030-02-29T12:00:00Z")]
    [InlineData("2030-04-31T12:00:00Z")]
    [InlineData("2030-01-15T24:00:00Z")]
    [InlineData("2030-01-15T12:60:00Z")]
    [InlineData("2030-01-15T12:00:61Z")]
    [InlineData("2030-01-15T12:00:60Z")]
    [InlineData("2030-01-31T23:59:60Z")]
    [InlineData("2030-12-31T23:59:60+01:00")]
    [InlineData("9999-12-31T23:59:60Z")]
    [InlineData("9999-12-31T23:59:59-00:01")]
    [InlineData("0001-01-01T00:00:00+00:01")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("2030-01-15T12:00:00.00000000000000000000000000000000Z")]
    [InlineData("２０３０-01-15T12:00:00Z")]
    [InlineData("2030-01-15T12:00:00.١Z")]
    [InlineData("2030-01-15T1-:00:00Z")]
    public void What_is_no_time_is_refused(string text) => Rfc3339.TryParse(text, out _).Should().BeFalse();

    [Fact]
    public void Every_time_comes_back_whatever_its_offset() =>
        Gen.Select(Gen.Long[DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks], Gen.Int[-14 * 60, 14 * 60], Gen.Bool)
            .Sample((ticks, minutes, isLower) =>
            {
                var utc = new DateTimeOffset(ticks, TimeSpan.Zero);
                var local = ticks + (minutes * TimeSpan.TicksPerMinute);
                if (local < 0 || local > DateTime.MaxValue.Ticks) return;
                var text = utc.ToOffset(TimeSpan.FromMinutes(minutes)).ToString("O", CultureInfo.InvariantCulture);
                Rfc3339.TryParse(isLower ? text.ToLowerInvariant() : text, out var read).Should().BeTrue(text);
                read.Should().Be(utc);
            }, iter: 5_000);

    /// <summary>Where the BCL reads a time of this form too, it reads the same one.</summary>
    [Fact]
    public void Text_that_is_nearly_a_time_is_read_as_the_BCL_reads_it_or_refused() =>
        Gen.String[Gen.Char["0123456789-:TZ.+"], 1, 3].Select(Gen.Int[0, 25], Gen.Int[0, 3]).Sample((piece, at, cut) =>
        {
            const string Good = "2030-01-15T12:00:00.25+01:30";
            at = Math.Min(at, Good.Length - cut);
            var text = Good[..at] + piece + Good[(at + cut)..];
            if (!Rfc3339.TryParse(text, out var time) || text[17..19] == "60") return;
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var other))
                time.Should().Be(other, text);
        }, iter: 20_000);
}
