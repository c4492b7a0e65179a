import type {
  AuditEntry, Installation, Invitation, Member, Page, Role, Session, SessionTokens, Status, Tenant, User,
  VerificationSent, Workspace,
} from "./types.js";

/** `limit` is 1 to 200 and 50 when absent. */
export interface ListQuery {
  limit?: number | undefined;
  cursor?: string | undefined;
}

interface InTenant { tenant: string }
interface InWorkspace extends InTenant { workspace: string }

/** Every operation that an app calls for its user, by the name that the server gives it everywhere. */
export interface Operations {
  "users.sign_up": { body: { email: string; password: string; name?: string }; data: SessionTokens | VerificationSent };
  "users.sign_in": { body: { email: string; password: string }; data: SessionTokens };
  "users.verify_email": { body: { token: string }; data: Status };
  "users.request_reset": { body: { email: string }; data: Status };
  "users.reset_password": { body: { token: string; password: string }; data: Status };
  "sessions.refresh": { body: { refresh_token: string }; data: SessionTokens };

  "me.get": { data: User };
  "me.update": { body: { name?: string | null }; data: User };
  "invitations.mine": { query?: ListQuery; data: Page<Invitation> };
  "sessions.list": { query?: ListQuery; data: Page<Session> };
  "sessions.revoke": { path: { session: string }; data: undefined };
  "sessions.revoke_all": { data: undefined };

  "tenants.create": { body: { name: string; slug?: string }; data: Tenant };
  "tenants.list": { query?: ListQuery; data: Page<Tenant> };
  "tenants.get": { path: InTenant; data: Tenant };
  "tenants.update": { path: InTenant; body: { name?: string; slug?: string }; data: Tenant };
  "tenants.delete": { path: InTenant; data: Tenant | undefined };
  "tenants.restore": { path: InTenant; data: Tenant };
  "tenants.apps": { path: InTenant; query?: ListQuery; data: Page<Installation> };
  "tenants.install": { path: InTenant & { app: string }; data: Installation };
  "tenants.uninstall": { path: InTenant & { app: string }; data: undefined };
  "tenants.activity": { path: InTenant; query?: ListQuery; data: Page<AuditEntry> };

  "workspaces.create": { path: InTenant; body: { name: string }; data: Workspace };
  "workspaces.list": { path: InTenant; query?: ListQuery; data: Page<Workspace> };
  "workspaces.get": { path: InWorkspace; data: Workspace };
  "workspaces.update": { path: InWorkspace; body: { name?: string }; data: Workspace };
  "workspaces.delete": { path: InWorkspace; data: undefined };

  "members.list": { path: InTenant; query?: ListQuery; data: Page<Member> };
  "members.get": { path: InTenant & { member: string }; data: Member };
  "members.update": { path: InTenant & { member: string }; body: { role: Role }; data: Member };
  "members.remove": { path: InTenant & { member: string }; data: undefined };
  "members.leave": { path: InTenant; data: undefined };
  "members.add": { path: InWorkspace; body: { user_id: string; role: Role }; data: Member };

  "invitations.create": {
    path: InTenant;
    body: { email: string; role: Role; workspace_id?: string };
    data: Invitation;
  };
  "invitations.list": { path: InTenant; query?: ListQuery; data: Page<Invitation> };
  "invitations.cancel": { path: InTenant & { invitation: string }; data: undefined };
  "invitations.accept": { body: { token: string } | { invitation_id: string }; data: Member };
}

export type OperationId = keyof Operations;

export interface Route {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Names in braces are filled from `path`. */
  path: string;
  /** Called before anyone is signed in, with the publishable key alone. */
  anonymous?: true;
}

export const routes: { readonly [Id in OperationId]: Route } = {
  "users.sign_up": { method: "POST", path: "/v1/auth/sign-up", anonymous: true },
  "users.sign_in": { method: "POST", path: "/v1/auth/sign-in", anonymous: true },
  "users.verify_email": { method: "POST", path: "/v1/auth/verify", anonymous: true },
  "users.request_reset": { method: "POST", path: "/v1/auth/reset", anonymous: true },
  "users.reset_password": { method: "POST", path: "/v1/auth/reset/confirm", anonymous: true },
  "sessions.refresh": { method: "POST", path: "/v1/auth/refresh", anonymous: true },

  "me.get": { method: "GET", path: "/v1/me" },
  "me.update": { method: "PATCH", path: "/v1/me" },
  "invitations.mine": { method: "GET", path: "/v1/me/invitations" },
  "sessions.list": { method: "GET", path: "/v1/me/sessions" },
  "sessions.revoke": { method: "DELETE", path: "/v1/me/sessions/{session}" },
  "sessions.revoke_all": { method: "DELETE", path: "/v1/me/sessions" },

  "tenants.create": { method: "POST", path: "/v1/tenants" },
  "tenants.list": { method: "GET", path: "/v1/tenants" },
  "tenants.get": { method: "GET", path: "/v1/tenants/{tenant}" },
  "tenants.update": { method: "PATCH", path: "/v1/tenants/{tenant}" },
  "tenants.delete": { method: "DELETE", path: "/v1/tenants/{tenant}" },
  "tenants.restore": { method: "POST", path: "/v1/tenants/{tenant}/restore" },
  "tenants.apps": { method: "GET", path: "/v1/tenants/{tenant}/apps" },
  "tenants.install": { method: "PUT", path: "/v1/tenants/{tenant}/apps/{app}" },
  "tenants.uninstall": { method: "DELETE", path: "/v1/tenants/{tenant}/apps/{app}" },
  "tenants.activity": { method: "GET", path: "/v1/tenants/{tenant}/activity" },

  "workspaces.create": { method: "POST", path: "/v1/tenants/{tenant}/workspaces" },
  "workspaces.list": { method: "GET", path: "/v1/tenants/{tenant}/workspaces" },
  "workspaces.get": { method: "GET", path: "/v1/tenants/{tenant}/workspaces/{workspace}" },
  "workspaces.update": { method: "PATCH", path: "/v1/tenants/{tenant}/workspaces/{workspace}" },
  "workspaces.delete": { method: "DELETE", path: "/v1/tenants/{tenant}/workspaces/{workspace}" },

  "members.list": { method: "GET", path: "/v1/tenants/{tenant}/members" },
  "members.get": { method: "GET", path: "/v1/tenants/{tenant}/members/{member}" },
  "members.update": { method: "PATCH", path: "/v1/tenants/{tenant}/members/{member}" },
  "members.remove": { method: "DELETE", path: "/v1/tenants/{tenant}/members/{member}" },
  "members.leave": { method: "POST", path: "/v1/tenants/{tenant}/leave" },
  "members.add": { method: "POST", path: "/v1/tenants/{tenant}/workspaces/{workspace}/members" },

  "invitations.create": { method: "POST", path: "/v1/tenants/{tenant}/invitations" },
  "invitations.list": { method: "GET", path: "/v1/tenants/{tenant}/invitations" },
  "invitations.cancel": { method: "DELETE", path: "/v1/tenants/{tenant}/invitations/{invitation}" },
  "invitations.accept": { method: "POST", path: "/v1/invitations/accept" },
};
