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

internal readonly struct BudgetKind : IIdKind
{
    public static string Prefix => "bud";
}

internal readonly struct DecisionKind : IIdKind
{
    public static string Prefix => "dec";
}

internal readonly struct DelegationKind : IIdKind
{
    public static string Prefix => "dlg";
}

internal readonly struct EventKind : IIdKind
{
    public static string Prefix => "evt";
}

internal readonly struct ImpersonationKind : IIdKind
{
    public static string Prefix => "imp";
}

internal readonly struct GrantKind : IIdKind
{
    public static string Prefix => "grt";
}

internal readonly struct PolicyKind : IIdKind
{
    public static string Prefix => "plc";
}

internal readonly struct GroupKind : IIdKind
{
    public static string Prefix => "grp";
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

internal readonly struct NameKind : IIdKind
{
    public static string Prefix => "nam";
}

internal readonly struct OperatorKind : IIdKind
{
    public static string Prefix => "opr";
}

internal readonly struct OperatorSessionKind : IIdKind
{
    public static string Prefix => "ops";
}

internal readonly struct RecordKind : IIdKind
{
    public static string Prefix => "rec";
}

internal readonly struct RequestKind : IIdKind
{
    public static string Prefix => "req";
}

internal readonly struct ReservationKind : IIdKind
{
    public static string Prefix => "rsv";
}

internal readonly struct RunKind : IIdKind
{
    public static string Prefix => "run";
}

internal readonly struct RoleKind : IIdKind
{
    public static string Prefix => "rol";
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
