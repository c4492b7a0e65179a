using System.Text.Json.Serialization;
using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// That something is stopped: how, since when, by whom and why. Environments, apps, tenants, users and keys are stopped
/// in these words and no others. <paramref name="By"/> is an id. The reason is for operators and for the audit log: who
/// is stopped hears that it is so, and never why.
/// </summary>
internal sealed record Stop(StopKind How, DateTimeOffset Since, string By, string Reason)
{
    /// <summary>Characters: a paragraph, for whoever asks later.</summary>
    private const int ReasonMax = 500;

    /// <summary>The columns in which each noun's row keeps it; all are null where nothing is stopped.</summary>
    public static readonly Raw Columns = new("stop, stopped_at, stopped_by, stop_reason");

    public static Stop Of(Change change, StopKind how, string reason) => new(how, change.Now, change.Author.Id, reason);

    /// <summary>Reads <see cref="Columns"/>.</summary>
    public static Stop? Read(Row row)
    {
        var (how, since, by, reason) = (row.TextOrNull(), row.TimeOrNull(), row.TextOrNull(), row.TextOrNull());
        return how is null ? null : new Stop(Wire.Parse<StopKind>(how), since!.Value, by ?? "", reason ?? "");
    }

    /// <summary>Writes <see cref="Columns"/>: a part of an update.</summary>
    public static Sql Set(Stop? stop) => $"""
        stop = {(stop is null ? null : Wire.Name(stop.How))}, stopped_at = {stop?.Since}, stopped_by = {stop?.By},
            stop_reason = {stop?.Reason}
        """;

    /// <summary>Every stop, and its end, has a written reason.</summary>
    public static string Because(Input input) => input.Text("reason", ReasonMax);
}

[JsonConverter(typeof(NameConverter<StopKind>))]
internal enum StopKind
{
    /// <summary>Read-only: writes and sign-ins are refused. Reversible, and nothing is lost.</summary>
    Frozen,

    /// <summary>Its calls are refused. Reversible, and nothing is lost.</summary>
    Suspended,

    /// <summary>Refused everywhere, its credentials ended for good. Only an owner revives it.</summary>
    Killed,

    /// <summary>Refused everywhere, for good.</summary>
    Retired,
}

/// <summary>
/// Told inside the Change that stops something, so that what hangs on it ends in the same transaction. What memory and
/// open connections hold ends after the commit, by <see cref="Change.Evict"/>. Contributed by slices.
/// </summary>
internal interface IStopListener
{
    ValueTask Stopped(Change change, Target target, Stop stop);
}

/// <summary>The one place that tells of stops.</summary>
internal sealed class Stops(IEnumerable<IStopListener> listeners)
{
    public async ValueTask Tell(Change change, Target target, Stop stop)
    {
        foreach (var listener in listeners) await listener.Stopped(change, target, stop);
    }
}

/// <summary>What those hear who are stopped, or who stop what is stopped otherwise.</summary>
internal static class StopProblems
{
    public static readonly ProblemType EnvironmentFrozen = new("environment_frozen", 403, "The environment is frozen",
        "The whole environment is read-only: writes and sign-ins are refused, in all its apps.",
        "Wait until it is thawed; the platform's operators know why it is frozen.");

    public static readonly ProblemType EnvironmentKilled = new("environment_killed", 403, "The environment is stopped",
        "Every call of the environment is refused, in all its apps, and its credentials have ended.",
        "Wait until an owner has revived it; then sign in again, and make new secret keys.");

    public static readonly ProblemType TenantSuspended = new("tenant_suspended", 403, "The tenant is suspended",
        "An operator suspended the tenant: calls on it are refused. Nothing of it is lost.",
        "Ask the platform's operators; tenants.reinstate ends it.");

    public static readonly ProblemType ImpersonationReadsOnly = new("impersonation_reads_only", 403,
        "Who acts as another only reads",
        "An operator who looks as a user does changes nothing, sees no secret, and leaves the account to its owner.",
        "Ask the user to do it, or use an operation of operators.");

    public static readonly ProblemType StopRefused = new("stop_refused", 409, "It is not in the state for this",
        "What is stopped already is not stopped again, and each stop has its own way back; the detail says the state.",
        "Read the object's state, and use the operation that leads on from it.");

    public static IReadOnlyList<ProblemType> All { get; } =
        [EnvironmentFrozen, EnvironmentKilled, TenantSuspended, ImpersonationReadsOnly, StopRefused];

    /// <summary>
    /// What is stopped so already, or otherwise, or not at all, in words for operators. <paramref name="next"/> is what
    /// can be done.
    /// </summary>
    public static Refusal NotNow(string what, Stop? stop, string next) => stop is null
        ? new Refusal(StopRefused, $"{what} is active: nothing stops it.", next)
        : new Refusal(StopRefused,
            $"{what} is {Wire.Name(stop.How)}, since {Rfc3339.Format(stop.Since)}: {stop.Reason}", next);
}
