using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Usage;

/// <summary>
/// What one tenant, app or subject used of a meter. <paramref name="Id"/> is null for usage that belongs to none;
/// <paramref name="Quantity"/> is in the meter's unit, and <paramref name="Events"/> says how many counts it
/// comes from.
/// </summary>
internal sealed record UsageCount(string? Id, string Meter, long Quantity, long Events);

[JsonConverter(typeof(NameConverter<UsageBy>))]
internal enum UsageBy
{
    Tenant,
    App,

    /// <summary>The person, key or operator who called.</summary>
    Subject,
}

internal sealed record SummarizeUsage(Page Page, UsageBy By, DateTimeOffset? Since, DateTimeOffset? Until)
{
    public static SummarizeUsage Bind(Input input) => new(
        input.Page(), input.QueryChoice<UsageBy>("by") ?? UsageBy.Tenant, input.QueryTime("since"),
        input.QueryTime("until"));
}

/// <summary>The slice's types on the wire.</summary>
[JsonSerializable(typeof(ListOf<UsageCount>))]
internal sealed partial class UsageJson : JsonSerializerContext
{
    public static UsageJson Wire { get; } = new(Kernel.Wire.Options);
}
