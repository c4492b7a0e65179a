using System.Text.Json;
using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Audit;

/// <summary>
/// A fact, in the JSON format of CloudEvents 1.0. Names of attributes are its own: lower case letters and digits only.
/// <paramref name="Position"/> is text, because an integer of CloudEvents has 32 bits.
/// </summary>
internal sealed record CloudEvent(
    EventId Id, string Source, string Type, string Subject, DateTimeOffset Time, string Position, RequestId Requestid,
    JsonElement Data)
{
    public string Specversion => "1.0";

    public string Datacontenttype => "application/json";

    /// <summary>Absent where the installation itself is meant, as with every attribute that is null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Environment { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TenantId? Tenantid { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AppId? Appid { get; init; }
}

/// <summary>
/// Events in order of their position. <paramref name="NextAfter"/> is where to go on, also where the page is empty: it
/// moves past events that the caller may not see.
/// </summary>
internal sealed record EventPage(IReadOnlyList<CloudEvent> Items, string NextAfter);

internal sealed record ListEvents(long After, int Limit)
{
    public static ListEvents Bind(Input input) => new(input.QueryInt64("after") ?? 0, input.PageLimit());
}
