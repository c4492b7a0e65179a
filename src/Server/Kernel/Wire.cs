using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Castellan.Platform;

namespace Castellan.Kernel;

/// <summary>
/// How values look on the wire: snake_case, ids as text, times in RFC 3339 UTC with milliseconds, enums in snake_case.
/// Each slice has a source-generated <c>JsonSerializerContext</c> made with <see cref="Options"/>.
/// </summary>
internal static class Wire
{
    /// <summary>
    /// Leaves typographic characters and <c>+ &lt; &gt; &amp;</c> as they are. Safe for JSON that is sent as such, with
    /// <c>nosniff</c>; never to be put into HTML.
    /// </summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>A fresh copy: an options object belongs to one context.</summary>
    public static JsonSerializerOptions Options => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        Encoder = Encoder,
        Converters =
        {
            new TimeConverter(),
            new IdConverter<AgentKind>(), new IdConverter<AppKind>(), new IdConverter<AuditKind>(),
            new IdConverter<DecisionKind>(), new IdConverter<DelegationKind>(), new IdConverter<EventKind>(),
            new IdConverter<GrantKind>(), new IdConverter<GroupKind>(), new IdConverter<ImpersonationKind>(),
            new IdConverter<InvitationKind>(), new IdConverter<KeyKind>(), new IdConverter<MailKind>(),
            new IdConverter<MemberKind>(), new IdConverter<NameKind>(), new IdConverter<OperatorKind>(),
            new IdConverter<OperatorSessionKind>(), new IdConverter<RecordKind>(), new IdConverter<RequestKind>(),
            new IdConverter<RoleKind>(), new IdConverter<RunKind>(), new IdConverter<BudgetKind>(),
            new IdConverter<ReservationKind>(), new IdConverter<PolicyKind>(),
            new IdConverter<SessionKind>(), new IdConverter<TenantKind>(), new IdConverter<UsageKind>(),
            new IdConverter<UserKind>(), new IdConverter<WorkspaceKind>(),
        },
    };

    /// <summary>The wire name of an enum member: <c>PasswordForms</c> is <c>password_forms</c>.</summary>
    public static string Name<T>(T value)
        where T : struct, Enum => EnumNames<T>.Names[value];

    /// <summary>The wire names of an enum, in order of declaration.</summary>
    public static IReadOnlyList<string> Names<T>()
        where T : struct, Enum => EnumNames<T>.InOrder;

    /// <summary>The member with a wire name that was read from storage.</summary>
    public static T Parse<T>(string name)
        where T : struct, Enum => EnumNames<T>.Values[name];

    public static bool TryParse<T>(string? name, out T value)
        where T : struct, Enum
    {
        value = default;
        return name is not null && EnumNames<T>.Values.TryGetValue(name, out value);
    }

    private static class EnumNames<T>
        where T : struct, Enum
    {
        public static readonly IReadOnlyList<string> InOrder =
            [.. Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

        public static readonly Dictionary<T, string> Names = Enum.GetValues<T>().Zip(InOrder).ToDictionary();

        public static readonly Dictionary<string, T> Values = InOrder.Zip(Enum.GetValues<T>()).ToDictionary();
    }

    private sealed class TimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(
            ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            DateTimeOffset.Parse(reader.GetString()!, CultureInfo.InvariantCulture);

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        {
            Span<byte> text = stackalloc byte[Rfc3339.Length];
            writer.WriteStringValue(Rfc3339.Format(value, text));
        }
    }
}

/// <summary>Writes an enum by its snake_case name. Put on the enum with <c>[JsonConverter]</c>.</summary>
internal sealed class NameConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Wire.TryParse<T>(reader.GetString(), out var value) ? value : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Wire.Name(value));
}
