/** Times are RFC 3339 UTC; ids are TypeIDs such as `ten_01h...`; `version` is what `ifMatch` takes. */

export type Role = "owner" | "admin" | "member" | "viewer";

export interface User {
  id: string;
  email: string;
  email_verified: boolean;
  name: string | null;
  created_at: string;
  version: number;
}

export interface SessionTokens {
  access_token: string;
  token_type: string;
  /** Seconds. */
  expires_in: number;
  refresh_token: string;
  user: User;
}

/** What sign-up answers where it must not tell known addresses from unknown ones. */
export interface VerificationSent {
  status: "verification_sent";
}

export interface Status {
  status: string;
}

export interface Session {
  id: string;
  app_id: string;
  current: boolean;
  created_at: string;
  last_used_at: string | null;
  expires_at: string;
  user_agent: string | null;
  ip: string | null;
}

export interface Tenant {
  id: string;
  name: string;
  slug: string | null;
  /** The caller's own role; absent where the caller is not a member. */
  role?: Role;
  version: number;
  created_at: string;
  updated_at: string;
  deleted_at: string | null;
}

export interface Installation {
  tenant_id: string;
  app_id: string;
  created_at: string;
}

export interface Workspace {
  id: string;
  tenant_id: string;
  name: string;
  version: number;
  created_at: string;
  updated_at: string;
}

export interface Member {
  id: string;
  user_id: string;
  email: string;
  name: string | null;
  role: Role;
  workspace_id?: string | null;
  created_at: string;
  version: number;
}

export type InvitationState = "pending" | "accepted" | "cancelled" | "expired";

export interface Invitation {
  id: string;
  tenant_id: string;
  tenant_name: string;
  email: string;
  role: Role;
  workspace_id?: string | null;
  state: InvitationState;
  expires_at: string;
  created_at: string;
}

export interface Principal {
  kind: string;
  id: string;
  display: string | null;
}

export interface AuditEntry {
  id: string;
  at: string;
  action: string;
  outcome: string;
  actor: Principal;
  target: { kind: string; id: string } | null;
  app_id: string | null;
  tenant_id: string | null;
  workspace_id: string | null;
  request_id: string | null;
  reason: string | null;
}

export interface Page<Item> {
  items: Item[];
  /** Null at the end. */
  next_cursor: string | null;
}
