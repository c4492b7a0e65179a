namespace Castellan.AdminUi;

/// <summary>What a confirmation page asks. <paramref name="Back"/> is where "no" leads.</summary>
public sealed record Confirmation(string Question, string Effect, string Button, string Back)
{
    /// <summary>True where the act needs a written reason.</summary>
    public bool AsksReason { get; init; }

    /// <summary>What must be typed to go on, where the act reaches far: the name of its object.</summary>
    public string? Typed { get; init; }
}
