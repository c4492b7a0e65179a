using System.Text.Json;
using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Budgets.Reservations;

/// <summary>
/// What somebody means to spend: held in every budget that counts it, until it is settled with what was spent, voided,
/// or expired. <paramref name="Settled"/> is null until it is known.
/// </summary>
internal sealed record Reservation(
    ReservationId Id, TenantId TenantId, AppId? AppId, UserId? UserId, KeyId? KeyId, AgentId? AgentId, BudgetUnit Unit,
    string? Currency, long Amount, long? Settled, ReservationState State,
    IReadOnlyDictionary<string, string> Metadata, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt,
    DateTimeOffset? EndedAt, long Version)
    : IVersioned
{
    /// <summary>Who made it, as limits and idempotency keys know whom.</summary>
    [JsonIgnore]
    public string Principal { get; init; } = "";

    [JsonIgnore]
    public Target Target => new("reservation", Id.Value);

    public Snapshot Snapshot() => Kernel.Snapshot.Of(this, BudgetsJson.Wire.Reservation);
}

[JsonConverter(typeof(NameConverter<ReservationState>))]
internal enum ReservationState
{
    Open,
    Settled,
    Voided,

    /// <summary>Its time passed; what it held was released.</summary>
    Expired,
}

/// <summary>
/// <paramref name="User"/> is whom a key's app does it for; <paramref name="TimeToLive"/> is how long it holds.
/// </summary>
internal sealed record Reserve(
    BudgetUnit Unit, string? Currency, long Amount, TimeSpan TimeToLive, UserId? User,
    IReadOnlyDictionary<string, string> Metadata)
{
    private const int UsualSeconds = 300;

    /// <summary>A day: what is held longer is better reserved piece by piece.</summary>
    private const int MostSeconds = 86_400;

    private const int EntriesMax = 20;
    private const int NameMax = 40;
    private const int ValueMax = 200;

    public static Reserve Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        var unit = input.Choice<BudgetUnit>("unit");
        if (unit is BudgetUnit.Requests)
            input.Refuse("unit", "counted_already", "The server counts requests itself.", "Reserve another unit.");
        return new Reserve(
            unit, BudgetInputs.Currency(input), input.Whole("amount", min: 1),
            TimeSpan.FromSeconds(input.IntOrNull("ttl_seconds", 1, MostSeconds, UsualSeconds) ?? UsualSeconds),
            input.ReferenceOrNull<UserKind>("user_id"), Texts(input));
    }

    private static Dictionary<string, string> Texts(Input input)
    {
        var texts = new Dictionary<string, string>();
        var metadata = input.ObjectOrNone("metadata");
        if (metadata.ValueKind is not JsonValueKind.Object) return texts;
        foreach (var member in metadata.EnumerateObject())
        {
            var isGood = texts.Count < EntriesMax && member.Name.Length is > 0 and <= NameMax
                && member.Value.ValueKind is JsonValueKind.String && member.Value.GetString()!.Length <= ValueMax;
            if (isGood)
            {
                texts[member.Name] = member.Value.GetString()!;
                continue;
            }
            input.Refuse("metadata", "out_of_range", $"'metadata' holds at most {EntriesMax} texts.",
                $"Send names of at most {NameMax} characters with texts of at most {ValueMax}.");
            break;
        }
        return texts;
    }
}

internal sealed record Settle(ReservationId Reservation, long Amount)
{
    public static Settle Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new Settle(input.Path<ReservationKind>("reservation"), input.Whole("amount", min: 0));
    }
}

internal sealed record NameReservation(ReservationId Reservation)
{
    public static NameReservation Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new NameReservation(input.Path<ReservationKind>("reservation"));
    }
}
