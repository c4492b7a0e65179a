using Castellan.Kernel;

namespace Castellan.Keys;

internal static class KeyErrors
{
    public static readonly ProblemType AddressRefused = new("key_address_refused", 403,
        "The key is not for this address",
        "The key came from an address outside of the ranges that it is bound to. Which these are is not said.",
        "Call from an address that the key is for, or make a key for this one. Behind a proxy, its address must be in "
        + "TrustedProxies for the caller's own to count.");

    public static readonly ProblemType Ended = new("key_ended", 409, "The key has ended",
        "A key that was revoked, that has expired or that was rotated already cannot be changed any more, and one that "
        + "is disabled cannot be rotated.",
        "Rotate the key that replaced it, enable it first, or make a new one; the answer says which.");

    public static IReadOnlyList<ProblemType> All { get; } = [AddressRefused, Ended];
}
