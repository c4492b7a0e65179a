namespace Castellan.Client;

/// <summary>Where the server is, who calls, and how patiently.</summary>
public sealed record CastellanClientOptions
{
    /// <summary>The server's address, such as <c>https://castellan.example.com</c>. https, or loopback.</summary>
    public required Uri Address { get; init; }

    /// <summary>Sent as <c>Authorization: Bearer</c>: an operator token or a secret key. Null: nobody calls.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// Sent as <c>Castellan-Environment</c>, with which an operator's call says whose data it means: <c>sandbox</c> or
    /// <c>live</c>. Null: a key's own environment; an operator's call on an environment's data is refused
    /// (<c>environment_required</c>).
    /// </summary>
    public string? Environment { get; init; }

    /// <summary>
    /// How often a call is sent, the first time included; at least 1. Repeated are: no connection or no answer in
    /// <see cref="AttemptTimeout"/>, 429, 502, 503, 504, and 409 <c>idempotency_in_flight</c>. Default 4.
    /// </summary>
    public int Attempts { get; init; } = 4;

    /// <summary>
    /// The wait before the second attempt where the answer has no Retry-After; doubled each time, and shortened at
    /// random by up to half so that clients do not come back together. Default 250 ms.
    /// </summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest Retry-After that is waited for; a longer one ends the call. Default 10 s.</summary>
    public TimeSpan RetryAfterMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one attempt may take, its answer's body included. Default 30 s.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock that delays run by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal void RequireSafe()
    {
        if (!Address.IsAbsoluteUri || Address.Scheme is not ("https" or "http"))
            throw new ArgumentException($"'{Address}' is not an http or https address.");
        if (Address.Scheme == "http" && !Address.IsLoopback)
            throw new ArgumentException($"{Address} is not https: a token would travel in the clear. Use https.");
        ArgumentOutOfRangeException.ThrowIfLessThan(Attempts, 1);
    }
}
