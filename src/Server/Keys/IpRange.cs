using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Castellan.Kernel;

namespace Castellan.Keys;

/// <summary>
/// A block of addresses in CIDR notation (RFC 4632, RFC 4291 section 2.3), written in one way only: the network's first
/// address, IPv6 as in RFC 5952, and its length, also where it is one address alone.
/// </summary>
internal sealed class IpRange
{
    private const int Max = 50;
    private const int LengthMax = 60;
    private readonly IPNetwork network;

    private IpRange(IPNetwork network) => this.network = network;

    /// <summary>A range in the form of this class.</summary>
    public static IpRange Parse(string text) => new(IPNetwork.Parse(text));

    /// <summary>An IPv4 address that came over IPv6 is the IPv4 address; zones of links count for nothing.</summary>
    public bool Contains(IPAddress address) => network.Contains(Plain(address));

    /// <summary>An address as ranges are compared with it.</summary>
    public static string? Shown(IPAddress? address) => address is null ? null : Plain(address).ToString();

    private static IPAddress Plain(IPAddress address) =>
        address.AddressFamily is not AddressFamily.InterNetworkV6 ? address
        : address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes())
        : address;

    public static IReadOnlyList<string> Bind(Input input, string name)
    {
        var ranges = new List<string>();
        foreach (var text in input.TextsOrNull(name, Max, LengthMax) ?? [])
        {
            if (Canonical(text, out var fix) is not { } range)
                input.Refuse(name, "not_a_range", $"'{text}' is not a range of addresses.", fix);
            else if (!ranges.Contains(range)) ranges.Add(range);
        }
        return ranges;
    }

    /// <summary>An address that a caller names, or null where it names none.</summary>
    public static IPAddress? BindAddress(Input input, string name)
    {
        if (input.TextOrNull(name, LengthMax) is not { } text) return null;
        if (Address(text) is { } address) return address;
        input.Refuse(name, "not_an_address", $"'{text}' is not an IP address.",
            "Send one such as 203.0.113.7 or 2001:db8::7.");
        return null;
    }

    /// <summary>The one text of a range, or null and what to do.</summary>
    internal static string? Canonical(string text, out string fix)
    {
        fix = "Send a network such as 203.0.113.0/24 or 2001:db8::/32, or one address.";
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (Address(slash < 0 ? text : text[..slash]) is not { } address) return null;
        var bytes = address.GetAddressBytes();
        var length = bytes.Length * 8;
        if (slash >= 0)
        {
            var digits = text[(slash + 1)..];
            if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var given)
                || given > length || (digits.Length > 1 && digits[0] == '0'))
            {
                return null;
            }
            length = given;
        }
        for (var bit = length; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        var first = new IPAddress(bytes);
        var canonical = $"{first}/{length}";
        if (first.Equals(address)) return canonical;
        // Whoever writes it may have meant the one address, or mistyped the length.
        fix = $"It has bits beyond its length. Send {canonical}, or {address}/{bytes.Length * 8} for the one address.";
        return null;
    }

    /// <summary>
    /// Strictly: not the short, octal and hexadecimal forms of IPv4 that programs read differently, no zones, and IPv4
    /// as IPv4.
    /// </summary>
    private static IPAddress? Address(string text)
    {
        if (!IPAddress.TryParse(text, out var address)) return null;
        if (address.AddressFamily is AddressFamily.InterNetwork) return address.ToString() == text ? address : null;
        return address.IsIPv4MappedToIPv6 || text.AsSpan().ContainsAny('%', '[', ']') ? null : address;
    }
}
