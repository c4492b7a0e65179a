using System.Net;
using AwesomeAssertions;
using Castellan.Keys;

namespace Castellan.Tests.Keys;

public sealed class IpRangeTests
{
    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.0/24")]
    [InlineData("203.0.113.7", "203.0.113.7/32")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("2001:DB8:0:0::/32", "2001:db8::/32")]
    [InlineData("2001:db8::7", "2001:db8::7/128")]
    [InlineData("::/0", "::/0")]
    public void A_range_is_written_in_one_way(string text, string canonical) =>
        IpRange.Canonical(text, out _).Should().Be(canonical);

    [Theory]
    [InlineData("203.0.113.7/24", "203.0.113.0/24")]
    [InlineData("2001:db8::1/32", "2001:db8::/32")]
    [InlineData("203.0.113.0/33", "such as")]
    [InlineData("203.0.113.0/024", "such as")]
    [InlineData("203.0.113.0/-1", "such as")]
    [InlineData("203.0.113.0/", "such as")]
    [InlineData("203.0.113", "such as")]
    [InlineData("0313.0.0.1", "such as")]
    [InlineData("0x7f.1", "such as")]
    [InlineData("2130706433", "such as")]
    [InlineData("::ffff:203.0.113.7", "such as")]
    [InlineData("fe80::1%eth0", "such as")]
    [InlineData("[::1]", "such as")]
    [InlineData("example.com", "such as")]
    [InlineData("2001:db8::/129", "such as")]
    public void What_programs_read_differently_is_refused_with_the_fix(string text, string fix)
    {
        IpRange.Canonical(text, out var told).Should().BeNull();
        told.Should().Contain(fix);
    }

    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.255", true)]
    [InlineData("203.0.113.0/24", "203.0.114.0", false)]
    [InlineData("203.0.113.0/24", "::ffff:203.0.113.9", true)]
    [InlineData("203.0.113.0/24", "2001:db8::1", false)]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    [InlineData("fe80::/10", "fe80::1%3", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    public void An_address_is_in_a_range_by_its_first_bits(string range, string address, bool isIn) =>
        IpRange.Parse(range).Contains(IPAddress.Parse(address)).Should().Be(isIn);
}
