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
