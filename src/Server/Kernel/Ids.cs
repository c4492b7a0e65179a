// One type per kind of id, under the name that everybody uses.
global using AgentId = Castellan.Platform.Id<Castellan.Kernel.AgentKind>;
global using AppId = Castellan.Platform.Id<Castellan.Kernel.AppKind>;
global using AuditId = Castellan.Platform.Id<Castellan.Kernel.AuditKind>;
global using DecisionId = Castellan.Platform.Id<Castellan.Kernel.DecisionKind>;
global using EventId = Castellan.Platform.Id<Castellan.Kernel.EventKind>;
global using InvitationId = Castellan.Platform.Id<Castellan.Kernel.InvitationKind>;
global using KeyId = Castellan.Platform.Id<Castellan.Kernel.KeyKind>;
global using MailId = Castellan.Platform.Id<Castellan.Kernel.MailKind>;
global using MemberId = Castellan.Platform.Id<Castellan.Kernel.MemberKind>;
global using OperatorId = Castellan.Platform.Id<Castellan.Kernel.OperatorKind>;
global using OperatorSessionId = Castellan.Platform.Id<Castellan.Kernel.OperatorSessionKind>;
global using RequestId = Castellan.Platform.Id<Castellan.Kernel.RequestKind>;
global using SessionId = Castellan.Platform.Id<Castellan.Kernel.SessionKind>;
global using TenantId = Castellan.Platform.Id<Castellan.Kernel.TenantKind>;
global using UsageId = Castellan.Platform.Id<Castellan.Kernel.UsageKind>;
global using UserId = Castellan.Platform.Id<Castellan.Kernel.UserKind>;
global using WorkspaceId = Castellan.Platform.Id<Castellan.Kernel.WorkspaceKind>;
using Castellan.Platform;

namespace Castellan.Kernel;

internal readonly struct AgentKind : IIdKind
{
    public static string Prefix => "agt";
}

internal readonly struct AppKind : IIdKind
{
    public static string Prefix => "app";
}

internal readonly struct AuditKind : IIdKind
{
    public static string Prefix => "aud";
}

internal readonly struct DecisionKind : IIdKind
{
    public static string Prefix => "dec";
}

internal readonly struct EventKind : IIdKind
{
    public static string Prefix => "evt";
}

internal readonly struct InvitationKind : IIdKind
{
    public static string Prefix => "inv";
}

internal readonly struct KeyKind : IIdKind
{
    public static string Prefix => "key";
}

internal readonly struct MailKind : IIdKind
{
    public static string Prefix => "mail";
}

internal readonly struct MemberKind : IIdKind
{
    public static string Prefix => "mem";
}

internal readonly struct OperatorKind : IIdKind
{
    public static string Prefix => "opr";
}

internal readonly struct OperatorSessionKind : IIdKind
{
    public static string Prefix => "ops";
}

internal readonly struct RequestKind : IIdKind
{
    public static string Prefix => "req";
}

internal readonly struct SessionKind : IIdKind
{
    public static string Prefix => "ses";
}

internal readonly struct TenantKind : IIdKind
{
    public static string Prefix => "ten";
}

internal readonly struct UsageKind : IIdKind
{
    public static string Prefix => "use";
}

internal readonly struct UserKind : IIdKind
{
    public static string Prefix => "usr";
}

internal readonly struct WorkspaceKind : IIdKind
{
    public static string Prefix => "wsp";
}
