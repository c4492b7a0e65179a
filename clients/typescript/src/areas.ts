import type { ListQuery, OperationId, Operations } from "./operations.js";
import type { CallOptions, Requester } from "./request.js";
import type { Role } from "./types.js";

type Body<Id extends OperationId> = Operations[Id] extends { body: infer Sent } ? Sent : never;

/** The operations by area, with their path parameters as arguments. */
export function areas(request: Requester) {
  return {
    me: {
      get: () => request("me.get"),
      update: (body: Body<"me.update">, options?: CallOptions) => request("me.update", { body, ...options }),
      /** Those addressed to the user's verified address. */
      invitations: (query: ListQuery = {}) => request("invitations.mine", { query }),
    },

    sessions: {
      list: (query: ListQuery = {}) => request("sessions.list", { query }),
      revoke: (session: string) => request("sessions.revoke", { path: { session } }),
      /** Every device, this one included. */
      revokeAll: () => request("sessions.revoke_all"),
    },

    tenants: {
      create: (body: Body<"tenants.create">, options?: CallOptions) => request("tenants.create", { body, ...options }),
      list: (query: ListQuery = {}) => request("tenants.list", { query }),
      get: (tenant: string) => request("tenants.get", { path: { tenant } }),
      update: (tenant: string, body: Body<"tenants.update">, options?: CallOptions) =>
        request("tenants.update", { path: { tenant }, body, ...options }),
      /** It can be restored for 30 days. */
      delete: (tenant: string, options?: CallOptions) => request("tenants.delete", { path: { tenant }, ...options }),
      restore: (tenant: string) => request("tenants.restore", { path: { tenant } }),
      apps: (tenant: string, query: ListQuery = {}) => request("tenants.apps", { path: { tenant }, query }),
      /** Lets another app see the tenant. */
      install: (tenant: string, app: string) => request("tenants.install", { path: { tenant, app } }),
      uninstall: (tenant: string, app: string) => request("tenants.uninstall", { path: { tenant, app } }),
      /** The tenant's part of the audit log, newest first. */
      activity: (tenant: string, query: ListQuery = {}) => request("tenants.activity", { path: { tenant }, query }),
    },

    workspaces: {
      create: (tenant: string, body: Body<"workspaces.create">, options?: CallOptions) =>
        request("workspaces.create", { path: { tenant }, body, ...options }),
      list: (tenant: string, query: ListQuery = {}) => request("workspaces.list", { path: { tenant }, query }),
      get: (tenant: string, workspace: string) => request("workspaces.get", { path: { tenant, workspace } }),
      update: (tenant: string, workspace: string, body: Body<"workspaces.update">, options?: CallOptions) =>
        request("workspaces.update", { path: { tenant, workspace }, body, ...options }),
      delete: (tenant: string, workspace: string, options?: CallOptions) =>
        request("workspaces.delete", { path: { tenant, workspace }, ...options }),
    },

    members: {
      list: (tenant: string, query: ListQuery = {}) => request("members.list", { path: { tenant }, query }),
      get: (tenant: string, member: string) => request("members.get", { path: { tenant, member } }),
      update: (tenant: string, member: string, body: { role: Role }, options?: CallOptions) =>
        request("members.update", { path: { tenant, member }, body, ...options }),
      remove: (tenant: string, member: string, options?: CallOptions) =>
        request("members.remove", { path: { tenant, member }, ...options }),
      leave: (tenant: string) => request("members.leave", { path: { tenant } }),
      /** Gives a member of the tenant a role in one of its workspaces. */
      add: (tenant: string, workspace: string, body: { user_id: string; role: Role }) =>
        request("members.add", { path: { tenant, workspace }, body }),
    },

    invitations: {
      /** Sends the mail. An earlier invitation of the same address is cancelled. */
      create: (tenant: string, body: Body<"invitations.create">, options?: CallOptions) =>
        request("invitations.create", { path: { tenant }, body, ...options }),
      list: (tenant: string, query: ListQuery = {}) => request("invitations.list", { path: { tenant }, query }),
      cancel: (tenant: string, invitation: string) =>
        request("invitations.cancel", { path: { tenant, invitation } }),
      /** By the token of the mail, or by the id of one of `invitations.mine`. */
      accept: (body: Body<"invitations.accept">) => request("invitations.accept", { body }),
    },
  };
}
