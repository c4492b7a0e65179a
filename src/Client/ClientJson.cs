using System.Text.Json;
using System.Text.Json.Serialization;

namespace Castellan.Client;

/// <summary>
/// The types on the wire. Members that a newer server adds are ignored; required ones that are missing are an error.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(App))]
[JsonSerializable(typeof(PageOf<App>))]
[JsonSerializable(typeof(NewApp))]
[JsonSerializable(typeof(AppUpdate))]
[JsonSerializable(typeof(AppTransition))]
[JsonSerializable(typeof(AppEnvironment))]
[JsonSerializable(typeof(AppEnvironmentUpdate))]
[JsonSerializable(typeof(Key))]
[JsonSerializable(typeof(PageOf<Key>))]
[JsonSerializable(typeof(NewKey))]
[JsonSerializable(typeof(CreatedKey))]
[JsonSerializable(typeof(RotatedKey))]
[JsonSerializable(typeof(KeyRotation))]
[JsonSerializable(typeof(KeyToVerify))]
[JsonSerializable(typeof(VerifiedKey))]
[JsonSerializable(typeof(NoMembers))]
[JsonSerializable(typeof(StopReason))]
[JsonSerializable(typeof(DataEnvironment))]
[JsonSerializable(typeof(PageOf<DataEnvironment>))]
[JsonSerializable(typeof(Tenant))]
[JsonSerializable(typeof(PageOf<Tenant>))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(PageOf<User>))]
[JsonSerializable(typeof(NewImpersonation))]
[JsonSerializable(typeof(CreatedImpersonation))]
[JsonSerializable(typeof(Impersonation))]
[JsonSerializable(typeof(PageOf<Impersonation>))]
[JsonSerializable(typeof(Agent))]
[JsonSerializable(typeof(PageOf<Agent>))]
[JsonSerializable(typeof(NewAgent))]
[JsonSerializable(typeof(AgentUpdate))]
[JsonSerializable(typeof(NewSigningKey))]
[JsonSerializable(typeof(SigningKeyRemoval))]
[JsonSerializable(typeof(RegisteredAgent))]
[JsonSerializable(typeof(PageOf<Delegation>))]
[JsonSerializable(typeof(Run))]
[JsonSerializable(typeof(PageOf<Run>))]
[JsonSerializable(typeof(Budget))]
[JsonSerializable(typeof(PageOf<Budget>))]
[JsonSerializable(typeof(NewBudget))]
[JsonSerializable(typeof(BudgetUpdate))]
[JsonSerializable(typeof(AccessGrant))]
[JsonSerializable(typeof(PageOf<AccessGrant>))]
[JsonSerializable(typeof(NewAccessGrant))]
[JsonSerializable(typeof(PageOf<AccessPolicy>))]
[JsonSerializable(typeof(AccessQuestion))]
[JsonSerializable(typeof(AccessExplanation))]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(PageOf<AuditEntry>))]
[JsonSerializable(typeof(OneTimeToken))]
[JsonSerializable(typeof(NewDevice))]
[JsonSerializable(typeof(WaitingDevice))]
[JsonSerializable(typeof(DeviceCodes))]
[JsonSerializable(typeof(OperatorToken))]
[JsonSerializable(typeof(Operator))]
[JsonSerializable(typeof(Installation))]
[JsonSerializable(typeof(ContractToPlan))]
[JsonSerializable(typeof(ContractPlan))]
[JsonSerializable(typeof(ContractToApply))]
[JsonSerializable(typeof(ContractToPromote))]
[JsonSerializable(typeof(AppliedChange))]
[JsonSerializable(typeof(AppliedContract))]
[JsonSerializable(typeof(PageOf<ContractLine>))]
[JsonSerializable(typeof(PageOf<KeptData>))]
internal sealed partial class ClientJson : JsonSerializerContext;

/// <summary>
/// Writes an empty text as <c>null</c>, which clears a member, where a null means that it is left as it is.
/// </summary>
internal sealed class EmptyClears : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options)
    {
        if (value.Length == 0) writer.WriteNullValue();
        else writer.WriteStringValue(value);
    }
}

/// <summary>Writes JSON as it is, so that a document's own white space and order arrive.</summary>
internal sealed class Verbatim : JsonConverter<ReadOnlyMemory<byte>>
{
    public override ReadOnlyMemory<byte> Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Span);
}
