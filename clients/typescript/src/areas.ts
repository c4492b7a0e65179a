import type { BodyOf, ListQuery, QueryOf } from "./operations.js";
import type { CallOptions, Requester } from "./request.js";

/** How the description writes an object of which it says nothing. */
type Open = BodyOf<"contracts.plan">["contract"];

interface Consent {
  confirm?: string[];
  reason?: string;
}

/** Caps on what is used: what they have left, and reservations that keep to them. */
function budgetArea(request: Requester) {
  return {
    list: (tenant: string, query: ListQuery = {}) => request("tenants.budgets.list", { path: { tenant }, query }),
    get: (tenant: string, budget: string) => request("tenants.budgets.get", { path: { tenant, budget } }),
    /** Before it is spent. */
    reserve: (tenant: string, body: BodyOf<"budgets.reserve">, options?: CallOptions) =>
      request("budgets.reserve", { path: { tenant }, body, ...options }),
    /** With what was spent; the rest is free. */
    settle: (tenant: string, reservation: string, amount: number, options?: CallOptions) =>
      request("budgets.settle", { path: { tenant, reservation }, body: { amount }, ...options }),
    /** Nothing was spent. */
    void: (tenant: string, reservation: string, options?: CallOptions) =>
      request("budgets.void", { path: { tenant, reservation }, ...options }),
    reservation: (tenant: string, reservation: string) =>
      request("budgets.reservations.get", { path: { tenant, reservation } }),
  };
}

/** The operations of people and of servers alike, by area, with their path parameters as arguments. */
function sharedAreas(request: Requester) {
  return {
    tenants: {
      create: (body: BodyOf<"tenants.create">, options?: CallOptions) =>
        request("tenants.create", { body, ...options }),
      list: (query: QueryOf<"tenants.list"> = {}) => request("tenants.list", { query }),
      get: (tenant: string) => request("tenants.get", { path: { tenant } }),
      update: (tenant: string, body: BodyOf<"tenants.update">, options?: CallOptions) =>
        request("tenants.update", { path: { tenant }, body, ...options }),
      /** It can be restored for 30 days. */
      delete: (tenant: string, options?: CallOptions) => request("tenants.delete", { path: { tenant }, ...options }),
      restore: (tenant: string) => request("tenants.restore", { path: { tenant } }),
      /** The tenant's part of the audit log, newest first. */
      activity: (tenant: string, query: ListQuery = {}) => request("tenants.activity", { path: { tenant }, query }),
    },

    workspaces: {
      create: (tenant: string, body: BodyOf<"workspaces.create">, options?: CallOptions) =>
        request("workspaces.create", { path: { tenant }, body, ...options }),
      list: (tenant: string, query: ListQuery = {}) => request("workspaces.list", { path: { tenant }, query }),
      get: (tenant: string, workspace: string) => request("workspaces.get", { path: { tenant, workspace } }),
      update: (tenant: string, workspace: string, body: BodyOf<"workspaces.update">, options?: CallOptions) =>
        request("workspaces.update", { path: { tenant, workspace }, body, ...options }),
      delete: (tenant: string, workspace: string, options?: CallOptions) =>
        request("workspaces.delete", { path: { tenant, workspace }, ...options }),
      members: (tenant: string, workspace: string, query: ListQuery = {}) =>
        request("workspaces.members", { path: { tenant, workspace }, query }),
      /** Takes the role in this workspace away; the one in the tenant stays. */
      removeMember: (tenant: string, workspace: string, member: string, options?: CallOptions) =>
        request("workspaces.remove_member", { path: { tenant, workspace, member }, ...options }),
    },

    members: {
      list: (tenant: string, query: ListQuery = {}) => request("members.list", { path: { tenant }, query }),
      get: (tenant: string, member: string) => request("members.get", { path: { tenant, member } }),
      update: (tenant: string, member: string, body: BodyOf<"members.update">, options?: CallOptions) =>
        request("members.update", { path: { tenant, member }, body, ...options }),
      remove: (tenant: string, member: string, options?: CallOptions) =>
        request("members.remove", { path: { tenant, member }, ...options }),
      /** Gives a member of the tenant a role in one of its workspaces. */
      add: (tenant: string, workspace: string, body: BodyOf<"members.add">) =>
        request("members.add", { path: { tenant, workspace }, body }),
      /** The roles that this app's contract declares, as far as the member has them. */
      appRoles: (tenant: string, member: string) => request("members.app_roles.get", { path: { tenant, member } }),
      /** Gives a member exactly these roles of this app. */
      setAppRoles: (tenant: string, member: string, roles: string[], options?: CallOptions) =>
        request("members.app_roles.set", { path: { tenant, member }, body: { roles }, ...options }),
    },

    invitations: {
      /** Sends the mail. An earlier invitation of the same address is cancelled. */
      create: (tenant: string, body: BodyOf<"invitations.create">, options?: CallOptions) =>
        request("invitations.create", { path: { tenant }, body, ...options }),
      list: (tenant: string, query: QueryOf<"invitations.list"> = {}) =>
        request("invitations.list", { path: { tenant }, query }),
      cancel: (tenant: string, invitation: string) =>
        request("invitations.cancel", { path: { tenant, invitation } }),
    },

    ...accessAreas(request),
  };
}

/** What a tenant gives its people beside their roles. */
function accessAreas(request: Requester) {
  return {
    /** Sets of permissions that the tenant makes. One gives nothing until it is granted. */
    roles: {
      create: (tenant: string, body: BodyOf<"roles.create">, options?: CallOptions) =>
        request("roles.create", { path: { tenant }, body, ...options }),
      list: (tenant: string, query: ListQuery = {}) => request("roles.list", { path: { tenant }, query }),
      get: (tenant: string, role: string) => request("roles.get", { path: { tenant, role } }),
      update: (tenant: string, role: string, body: BodyOf<"roles.update">, options?: CallOptions) =>
        request("roles.update", { path: { tenant, role }, body, ...options }),
      /** With its grants. */
      delete: (tenant: string, role: string, options?: CallOptions) =>
        request("roles.delete", { path: { tenant, role }, ...options }),
    },

    groups: {
      create: (tenant: string, body: BodyOf<"groups.create">, options?: CallOptions) =>
        request("groups.create", { path: { tenant }, body, ...options }),
      list: (tenant: string, query: ListQuery = {}) => request("groups.list", { path: { tenant }, query }),
      get: (tenant: string, group: string) => request("groups.get", { path: { tenant, group } }),
      /** With its grants. */
      delete: (tenant: string, group: string, options?: CallOptions) =>
        request("groups.delete", { path: { tenant, group }, ...options }),
      members: (tenant: string, group: string, query: ListQuery = {}) =>
        request("groups.members.list", { path: { tenant, group }, query }),
      addMember: (tenant: string, group: string, body: BodyOf<"groups.members.add">, options?: CallOptions) =>
        request("groups.members.add", { path: { tenant, group }, body, ...options }),
      removeMember: (tenant: string, group: string, member: string, options?: CallOptions) =>
        request("groups.members.remove", { path: { tenant, group, member }, ...options }),
    },

    grants: {
      /** One permission or one role, to a member, a group or a key, of what the caller holds. */
      create: (tenant: string, body: BodyOf<"grants.create">, options?: CallOptions) =>
        request("grants.create", { path: { tenant }, body, ...options }),
      list: (tenant: string, query: QueryOf<"grants.list"> = {}) =>
        request("grants.list", { path: { tenant }, query }),
      get: (tenant: string, grant: string) => request("grants.get", { path: { tenant, grant } }),
      revoke: (tenant: string, grant: string, options?: CallOptions) =>
        request("grants.revoke", { path: { tenant, grant }, ...options }),
    },

    /** What the tenant forbids, whatever roles and grants allow. */
    policies: {
      /** In the mode `shadow`, unless it is said: it counts what it would refuse. */
      create: (tenant: string, body: BodyOf<"policies.create">, options?: CallOptions) =>
        request("policies.create", { path: { tenant }, body, ...options }),
      list: (tenant: string, query: ListQuery = {}) => request("policies.list", { path: { tenant }, query }),
      get: (tenant: string, policy: string) => request("policies.get", { path: { tenant, policy } }),
      /** How often it was met, by day, mode, permission and whom. */
      hits: (tenant: string, policy: string, query: ListQuery = {}) =>
        request("policies.hits", { path: { tenant, policy }, query }),
      update: (tenant: string, policy: string, body: BodyOf<"policies.update">, options?: CallOptions) =>
        request("policies.update", { path: { tenant, policy }, body, ...options }),
      delete: (tenant: string, policy: string, options?: CallOptions) =>
        request("policies.delete", { path: { tenant, policy }, ...options }),
    },

    access: {
      /** Whether a member may do something, by what, or which grant is missing. */
      explain: (tenant: string, body: BodyOf<"access.explain">) =>
        request("access.explain", { path: { tenant }, body }),
      /** Gives a decision of then once more, from the basis that its answer told. */
      replay: (tenant: string, body: BodyOf<"access.replay">) => request("access.replay", { path: { tenant }, body }),
      /** Which decisions would be others if grants, roles or policies were. */
      simulate: (tenant: string, body: BodyOf<"access.simulate">) =>
        request("access.simulate", { path: { tenant }, body }),
      /** Which of several permissions the caller has, such as those of a page's buttons; or another member. */
      evaluate: (tenant: string, body: BodyOf<"access.evaluate">) =>
        request("access.evaluate", { path: { tenant }, body }),
      /** Which members have which of several permissions: members down, permissions across. */
      matrix: (tenant: string, body: BodyOf<"access.matrix">) =>
        request("access.matrix", { path: { tenant }, body }),
      /** What a member may do. */
      whatCan: (tenant: string, member: string, query: QueryOf<"access.what_can"> = {}) =>
        request("access.what_can", { path: { tenant, member }, query }),
      /** Who may do something somewhere in the tenant. */
      whoCan: (tenant: string, permission: string, query: QueryOf<"access.who_can"> = {}) =>
        request("access.who_can", { path: { tenant, permission }, query }),
      /** What apps call people and things when they ask for decisions. */
      names: (tenant: string, query: QueryOf<"access.names.list"> = {}) =>
        request("access.names.list", { path: { tenant }, query }),
    },
  };
}

/** What an app calls for the person who is signed in. */
export function userAreas(request: Requester) {
  const shared = sharedAreas(request);
  return {
    me: {
      get: () => request("me.get"),
      update: (body: BodyOf<"me.update">, options?: CallOptions) => request("me.update", { body, ...options }),
      /** Those addressed to the user's verified address. */
      invitations: (query: ListQuery = {}) => request("invitations.mine", { query }),
      /** Those of all the user's tenants that this app may see. */
      workspaces: (query: ListQuery = {}) => request("workspaces.mine", { query }),
    },

    sessions: {
      list: (query: ListQuery = {}) => request("sessions.list", { query }),
      revoke: (session: string) => request("sessions.revoke", { path: { session } }),
      /** Every device, this one included. */
      revokeAll: () => request("sessions.revoke_all"),
    },

    tenants: {
      ...shared.tenants,
      apps: (tenant: string, query: ListQuery = {}) => request("tenants.apps", { path: { tenant }, query }),
      /** Lets another app see the tenant. */
      install: (tenant: string, app: string) => request("tenants.install", { path: { tenant, app } }),
      uninstall: (tenant: string, app: string) => request("tenants.uninstall", { path: { tenant, app } }),
    },

    workspaces: shared.workspaces,

    members: {
      ...shared.members,
      leave: (tenant: string) => request("members.leave", { path: { tenant } }),
    },

    invitations: {
      ...shared.invitations,
      /** By the token of the mail, or by the id of one of `me.invitations`. */
      accept: (body: { token: string } | { invitation_id: string }) => request("invitations.accept", { body }),
    },

    roles: shared.roles,
    groups: shared.groups,
    grants: shared.grants,
    policies: shared.policies,
    access: shared.access,

    /** What the user lends to agents, which act in the user's name as far as the operations go. */
    /** Beside what everybody may do, the tenant's admins keep its own. */
    budgets: {
      ...budgetArea(request),
      create: (tenant: string, body: BodyOf<"tenants.budgets.create">, options?: CallOptions) =>
        request("tenants.budgets.create", { path: { tenant }, body, ...options }),
      update: (tenant: string, budget: string, body: BodyOf<"tenants.budgets.update">, options?: CallOptions) =>
        request("tenants.budgets.update", { path: { tenant, budget }, body, ...options }),
      delete: (tenant: string, budget: string, options?: CallOptions) =>
        request("tenants.budgets.delete", { path: { tenant, budget }, ...options }),
    },

    delegations: {
      /** For an hour at most; the exchange for a token is the agent's. */
      create: (tenant: string, body: BodyOf<"delegations.create">, options?: CallOptions) =>
        request("delegations.create", { path: { tenant }, body, ...options }),
      /** In every tenant. */
      list: (query: ListQuery = {}) => request("delegations.list", { query }),
      /** With what the agent handed on. */
      revoke: (delegation: string, options?: CallOptions) =>
        request("delegations.revoke", { path: { delegation }, ...options }),
    },
  };
}

/** What an app's own server calls with a secret key, as far as the key's permissions go. */
export function serverAreas(request: Requester) {
  const shared = sharedAreas(request);
  return {
    ...shared,

    access: {
      ...shared.access,
      /** Says what this app calls a member, or a thing of its own, when it asks for decisions. */
      createName: (tenant: string, body: BodyOf<"access.names.create">, options?: CallOptions) =>
        request("access.names.create", { path: { tenant }, body, ...options }),
      /** From the next decision on, the name stands for nobody and nothing. */
      deleteName: (tenant: string, name: string, options?: CallOptions) =>
        request("access.names.delete", { path: { tenant, name }, ...options }),
    },

    budgets: budgetArea(request),

    /** The people who are members of tenants that the app is installed for. */
    users: {
      list: (query: QueryOf<"users.list"> = {}) => request("users.list", { query }),
      get: (user: string) => request("users.get", { path: { user } }),
    },

    /** What happened, in order. Go on with `after: next_after`; an empty page means that there is no more yet. */
    events: {
      list: (query: QueryOf<"events.list"> = {}) => request("events.list", { query }),
    },

    /** The app's contract: `app` is its own id, `contract` what castellan.json holds. Keys apply in sandbox. */
    contracts: {
      plan: (app: string, contract: object) =>
        request("contracts.plan", { path: { app }, body: { contract: contract as Open } }),
      /** `confirm` holds the words that the plan wants to hear. */
      apply: (app: string, contract: object, { confirm, reason, ...options }: Consent & CallOptions = {}) =>
        request("contracts.apply", {
          path: { app }, ...options,
          body: {
            contract: contract as Open, ...(confirm === undefined ? {} : { confirm }),
            ...(reason === undefined ? {} : { reason }),
          },
        }),
      get: (app: string) => request("contracts.get", { path: { app } }),
      list: (app: string, query: ListQuery = {}) => request("contracts.list", { path: { app }, query }),
      /** What contracts have dropped and the database still keeps, with the time at which it is erased. */
      dropped: (app: string, query: ListQuery = {}) => request("contracts.dropped", { path: { app }, query }),
    },

    /** What secret properties of records hold. Each time is in the tenant's audit. */
    secrets: {
      reveal: (tenant: string, collection: string, record: string, options?: CallOptions) =>
        request("records.reveal", { path: { collection, record }, tenant, ...options }),
    },

    /** Keys that others show to the app's server: an answer says whether they are good, and an error never does. */
    keys: {
      verify: (body: BodyOf<"keys.verify">) => request("keys.verify", { body }),
    },

    usage: {
      summary: (query: QueryOf<"usage.summary"> = {}) => request("usage.summary", { query }),
    },
  };
}
