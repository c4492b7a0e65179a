namespace Castellan.Access.Granting;

/// <summary>
/// The condition of a grant or policy, as it is asked. It knows its program as long as <see cref="GrantConditions"/>
/// keeps that, so asking it again looks nothing up, and what is kept stays bounded however many there are.
/// </summary>
internal sealed class GrantCondition(string source)
{
    private WeakReference<CompiledCondition>? compiled;

    public string Source => source;

    public static GrantCondition? Of(string? source) => source is null ? null : new GrantCondition(source);

    /// <summary>Null where it was not asked yet, or is not kept any more.</summary>
    public CompiledCondition? Compiled
    {
        get => compiled is { } weak && weak.TryGetTarget(out var known) ? known : null;
        set => compiled = value is null ? null : new WeakReference<CompiledCondition>(value);
    }
}
