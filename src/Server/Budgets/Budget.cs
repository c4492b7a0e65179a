using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Budgets;

/// <summary>
/// A cap on a unit for a subject in a window. <paramref name="TenantId"/> narrows it to calls in one tenant;
/// <paramref name="Cap"/> is in the unit, money in minor units of <paramref name="Currency"/>, which other units have
/// not. <paramref name="Alerts"/> are percents of the cap at which is told how far it is used.
/// </summary>
internal sealed record Budget(
    BudgetId Id, string Environment, TenantId? TenantId, BudgetSubject Subject, string SubjectId, BudgetUnit Unit,
    string? Currency, BudgetWindow Window, long Cap, string Name, IReadOnlyList<int> Alerts, BudgetKeeper KeptBy,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, long Version)
    : IVersioned
{
    /// <summary>How the current window stands. Changes without a new version.</summary>
    public BudgetUse? Use { get; init; }

    [JsonIgnore]
    public Target Target => new("budget", Id.Value);

    [JsonIgnore]
    public string UnitInWords => Currency ?? Wire.Name(Unit);

    /// <summary>Who can raise it, for whoever meets the cap.</summary>
    [JsonIgnore]
    public string RaisedBy => KeptBy is BudgetKeeper.Operator
        ? "an operator of the platform, with budgets.update"
        : "an admin of the tenant, with tenants.budgets.update";

    public Budget With(WindowState? state, DateTimeOffset now) => this with { Use = BudgetUse.Of(this, state, now) };

    public Snapshot Snapshot() => Kernel.Snapshot.Of(this with { Use = null }, BudgetsJson.Wire.Budget);
}

/// <summary>
/// What of the cap is used: <paramref name="Settled"/> for good, <paramref name="Held"/> by open reservations and by
/// parts that nodes of this server spend. <paramref name="ResetsAt"/> is null for a window without end.
/// </summary>
internal sealed record BudgetUse(
    DateTimeOffset? StartsAt, DateTimeOffset? ResetsAt, long Settled, long Held, long Left, bool Paused)
{
    public static BudgetUse Of(Budget budget, WindowState? state, DateTimeOffset now)
    {
        var (settled, held) = (state?.Settled ?? 0, state?.Held ?? 0);
        var left = Math.Max(0, budget.Cap - settled - held);
        return new BudgetUse(
            budget.Window is BudgetWindow.Total ? null : BudgetWindows.StartOf(budget.Window, now),
            BudgetWindows.EndOf(budget.Window, now), settled, held, left, left == 0);
    }
}

/// <summary>
/// A window's row. <paramref name="Alerted"/> is the highest percent that was told of.
/// </summary>
internal sealed record WindowState(long Settled, long Held, long Alerted)
{
    public long Used => Settled + Held;
}

/// <summary>Whose calls are counted.</summary>
[JsonConverter(typeof(NameConverter<BudgetSubject>))]
internal enum BudgetSubject
{
    Environment,
    App,
    Tenant,
    User,
    Key,

    /// <summary>For whomever it acts, also where it has handed on what it was lent.</summary>
    Agent,
}

[JsonConverter(typeof(NameConverter<BudgetUnit>))]
internal enum BudgetUnit
{
    /// <summary>Calls, which the server counts itself.</summary>
    Requests,

    /// <summary>Records that are made, which the server counts itself.</summary>
    Records,

    /// <summary>Of the JSON of records that are made or changed, which the server counts itself.</summary>
    Bytes,
    Messages,
    Tokens,

    /// <summary>Minor units of a currency.</summary>
    Money,
}

/// <summary>What begins anew, in UTC.</summary>
[JsonConverter(typeof(NameConverter<BudgetWindow>))]
internal enum BudgetWindow
{
    Hour,
    Day,
    Month,

    /// <summary>Never anew.</summary>
    Total,
}

/// <summary>Who made it, and alone changes it.</summary>
[JsonConverter(typeof(NameConverter<BudgetKeeper>))]
internal enum BudgetKeeper
{
    Operator,
    Tenant,
}

/// <summary>Where windows begin and end, in UTC.</summary>
internal static class BudgetWindows
{
    /// <summary>The window that a time is in. One without end began in 1970.</summary>
    public static DateTimeOffset StartOf(BudgetWindow window, DateTimeOffset now)
    {
        var utc = now.UtcDateTime;
        return window switch
        {
            BudgetWindow.Hour => At(utc.Year, utc.Month, utc.Day, utc.Hour),
            BudgetWindow.Day => At(utc.Year, utc.Month, utc.Day),
            BudgetWindow.Month => At(utc.Year, utc.Month),
            _ => DateTimeOffset.UnixEpoch,
        };
    }

    /// <summary>When the window that a time is in ends; null is never.</summary>
    public static DateTimeOffset? EndOf(BudgetWindow window, DateTimeOffset now)
    {
        var start = StartOf(window, now);
        return window switch
        {
            BudgetWindow.Hour => start.AddHours(1),
            BudgetWindow.Day => start.AddDays(1),
            BudgetWindow.Month => start.AddMonths(1),
            _ => null,
        };
    }

    private static DateTimeOffset At(int year, int month, int day = 1, int hour = 0) =>
        new(year, month, day, hour, 0, 0, TimeSpan.Zero);
}
