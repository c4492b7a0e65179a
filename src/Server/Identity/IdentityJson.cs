using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>The slice's types on the wire.</summary>
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(ListOf<User>))]
[JsonSerializable(typeof(Session))]
[JsonSerializable(typeof(ListOf<Session>))]
[JsonSerializable(typeof(SessionTokens))]
[JsonSerializable(typeof(SignUpAnswer))]
[JsonSerializable(typeof(Impersonation))]
[JsonSerializable(typeof(CreatedImpersonation))]
[JsonSerializable(typeof(ListOf<Impersonation>))]
[JsonSerializable(typeof(Done))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class IdentityJson : JsonSerializerContext
{
    public static IdentityJson Wire { get; } = new(Kernel.Wire.Options);
}

/// <summary>What was done, in one word.</summary>
internal sealed record Done(DoneStatus Status);

[JsonConverter(typeof(NameConverter<DoneStatus>))]
internal enum DoneStatus
{
    Verified,
    Sent,
    Reset,
}
