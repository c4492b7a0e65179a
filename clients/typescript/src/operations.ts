import type { operations } from "./generated/openapi.js";

/** `limit` is 1 to 200 and 50 when absent. */
export interface ListQuery {
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface Route {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Names in braces are filled from `path`. */
  path: string;
  /** Called before anyone is signed in, with the publishable key alone. */
  anonymous?: true;
  /** About the tenant that a header names. Whoever is not signed in comes with the key alone, to what is public. */
  inTenant?: true;
  /** Asks with a body, and changes nothing. */
  reads?: true;
}

/** Where each operation of an app is: the part of the server's description that is needed at run time. */
export const routes = {
  "users.sign_up": { method: "POST", path: "/v1/auth/sign-up", anonymous: true },
  "users.sign_in": { method: "POST", path: "/v1/auth/sign-in", anonymous: true },
  "users.verify_email": { method: "POST", path: "/v1/auth/verify", anonymous: true },
  "users.request_reset": { method: "POST", path: "/v1/auth/reset", anonymous: true },
  "users.reset_password": { method: "POST", path: "/v1/auth/reset/confirm", anonymous: true },
  "sessions.refresh": { method: "POST", path: "/v1/auth/refresh", anonymous: true },

  "me.get": { method: "GET", path: "/v1/me" },
  "me.update": { method: "PATCH", path: "/v1/me" },
  "invitations.mine": { method: "GET", path: "/v1/me/invitations" },
  "workspaces.mine": { method: "GET", path: "/v1/me/workspaces" },
  "sessions.list": { method: "GET", path: "/v1/me/sessions" },
  "sessions.revoke": { method: "DELETE", path: "/v1/me/sessions/{session}" },
  "sessions.revoke_all": { method: "DELETE", path: "/v1/me/sessions" },

  "delegations.create": { method: "POST", path: "/v1/tenants/{tenant}/delegations" },
  "delegations.list": { method: "GET", path: "/v1/me/delegations" },
  "delegations.revoke": { method: "DELETE", path: "/v1/me/delegations/{delegation}" },

  "tenants.budgets.create": { method: "POST", path: "/v1/tenants/{tenant}/budgets" },
  "tenants.budgets.list": { method: "GET", path: "/v1/tenants/{tenant}/budgets" },
  "tenants.budgets.get": { method: "GET", path: "/v1/tenants/{tenant}/budgets/{budget}" },
  "tenants.budgets.update": { method: "PATCH", path: "/v1/tenants/{tenant}/budgets/{budget}" },
  "tenants.budgets.delete": { method: "DELETE", path: "/v1/tenants/{tenant}/budgets/{budget}" },
  "budgets.reserve": { method: "POST", path: "/v1/tenants/{tenant}/reservations" },
  "budgets.settle": { method: "POST", path: "/v1/tenants/{tenant}/reservations/{reservation}/settle" },
  "budgets.void": { method: "POST", path: "/v1/tenants/{tenant}/reservations/{reservation}/void" },
  "budgets.reservations.get": { method: "GET", path: "/v1/tenants/{tenant}/reservations/{reservation}" },

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
  "workspaces.members": { method: "GET", path: "/v1/tenants/{tenant}/workspaces/{workspace}/members" },
  "workspaces.remove_member": {
    method: "DELETE", path: "/v1/tenants/{tenant}/workspaces/{workspace}/members/{member}",
  },

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

  "members.app_roles.get": { method: "GET", path: "/v1/tenants/{tenant}/members/{member}/app-roles" },
  "members.app_roles.set": { method: "PUT", path: "/v1/tenants/{tenant}/members/{member}/app-roles" },

  "roles.create": { method: "POST", path: "/v1/tenants/{tenant}/roles" },
  "roles.list": { method: "GET", path: "/v1/tenants/{tenant}/roles" },
  "roles.get": { method: "GET", path: "/v1/tenants/{tenant}/roles/{role}" },
  "roles.update": { method: "PATCH", path: "/v1/tenants/{tenant}/roles/{role}" },
  "roles.delete": { method: "DELETE", path: "/v1/tenants/{tenant}/roles/{role}" },

  "groups.create": { method: "POST", path: "/v1/tenants/{tenant}/groups" },
  "groups.list": { method: "GET", path: "/v1/tenants/{tenant}/groups" },
  "groups.get": { method: "GET", path: "/v1/tenants/{tenant}/groups/{group}" },
  "groups.delete": { method: "DELETE", path: "/v1/tenants/{tenant}/groups/{group}" },
  "groups.members.add": { method: "POST", path: "/v1/tenants/{tenant}/groups/{group}/members" },
  "groups.members.list": { method: "GET", path: "/v1/tenants/{tenant}/groups/{group}/members" },
  "groups.members.remove": { method: "DELETE", path: "/v1/tenants/{tenant}/groups/{group}/members/{member}" },

  "grants.create": { method: "POST", path: "/v1/tenants/{tenant}/grants" },
  "grants.list": { method: "GET", path: "/v1/tenants/{tenant}/grants" },
  "grants.get": { method: "GET", path: "/v1/tenants/{tenant}/grants/{grant}" },
  "grants.revoke": { method: "DELETE", path: "/v1/tenants/{tenant}/grants/{grant}" },

  "policies.create": { method: "POST", path: "/v1/tenants/{tenant}/policies" },
  "policies.list": { method: "GET", path: "/v1/tenants/{tenant}/policies" },
  "policies.get": { method: "GET", path: "/v1/tenants/{tenant}/policies/{policy}" },
  "policies.hits": { method: "GET", path: "/v1/tenants/{tenant}/policies/{policy}/hits" },
  "policies.update": { method: "PATCH", path: "/v1/tenants/{tenant}/policies/{policy}" },
  "policies.delete": { method: "DELETE", path: "/v1/tenants/{tenant}/policies/{policy}" },

  "access.explain": { method: "POST", path: "/v1/tenants/{tenant}/access/explain", reads: true },
  "access.replay": { method: "POST", path: "/v1/tenants/{tenant}/access/replay", reads: true },
  "access.simulate": { method: "POST", path: "/v1/tenants/{tenant}/access/simulate", reads: true },
  "access.matrix": { method: "POST", path: "/v1/tenants/{tenant}/access/matrix", reads: true },
  "access.evaluate": { method: "POST", path: "/v1/tenants/{tenant}/access/evaluate", reads: true },
  "access.what_can": { method: "GET", path: "/v1/tenants/{tenant}/access/members/{member}" },
  "access.who_can": { method: "GET", path: "/v1/tenants/{tenant}/access/holders/{permission}" },
  "access.names.create": { method: "POST", path: "/v1/tenants/{tenant}/access/names" },
  "access.names.list": { method: "GET", path: "/v1/tenants/{tenant}/access/names" },
  "access.names.delete": { method: "DELETE", path: "/v1/tenants/{tenant}/access/names/{name}" },

  "records.list": { method: "GET", path: "/v1/records/{collection}", inTenant: true },
  "records.query": { method: "POST", path: "/v1/records/{collection}/query", inTenant: true, reads: true },
  "records.explain": { method: "POST", path: "/v1/records/{collection}/explain", inTenant: true, reads: true },
  "records.get": { method: "GET", path: "/v1/records/{collection}/{record}", inTenant: true },
  "records.create": { method: "POST", path: "/v1/records/{collection}", inTenant: true },
  "records.update": { method: "PATCH", path: "/v1/records/{collection}/{record}", inTenant: true },
  "records.replace": { method: "PUT", path: "/v1/records/{collection}/{record}", inTenant: true },
  "records.upsert": { method: "PUT", path: "/v1/records/{collection}", inTenant: true },
  "records.delete": { method: "DELETE", path: "/v1/records/{collection}/{record}", inTenant: true },
  "records.bulk": { method: "POST", path: "/v1/records/{collection}/bulk", inTenant: true },
  "records.history": { method: "GET", path: "/v1/records/{collection}/{record}/history", inTenant: true },
  "records.reveal": { method: "POST", path: "/v1/records/{collection}/{record}/reveal", inTenant: true },
  "records.restore": { method: "POST", path: "/v1/records/{collection}/{record}/restore", inTenant: true },

  "contracts.plan": { method: "POST", path: "/v1/apps/{app}/contract/plan", reads: true },
  "contracts.apply": { method: "POST", path: "/v1/apps/{app}/contract" },
  "contracts.get": { method: "GET", path: "/v1/apps/{app}/contract" },
  "contracts.list": { method: "GET", path: "/v1/apps/{app}/contract/versions" },
  "contracts.dropped": { method: "GET", path: "/v1/apps/{app}/contract/dropped" },

  "keys.verify": { method: "POST", path: "/v1/keys/verify", reads: true },
  "users.list": { method: "GET", path: "/v1/users" },
  "users.get": { method: "GET", path: "/v1/users/{user}" },
  "events.list": { method: "GET", path: "/v1/events" },
  "usage.summary": { method: "GET", path: "/v1/usage" },
} as const satisfies { readonly [Id in keyof operations]?: Route };

export type OperationId = keyof typeof routes;

interface Described {
  parameters: { path?: unknown; query?: unknown; header?: unknown };
  requestBody?: unknown;
  responses: unknown;
}

type Json<Content> = { content: { "application/json": Content } };

type Path<Op extends Described> = Op["parameters"] extends { path: infer Ids } ? { path: Ids } : unknown;

type Values<Op extends Described> = NonNullable<Op["parameters"]["query"]>;

type Query<Op extends Described> = [Values<Op>] extends [never]
  ? unknown
  : { query?: { [Name in keyof Values<Op>]: Values<Op>[Name] | undefined } };

type Body<Op extends Described> = NonNullable<Op["requestBody"]> extends Json<infer Value>
  ? Op extends { requestBody: unknown } ? { body: Value } : { body?: Value }
  : unknown;

type Data<Op extends Described> =
  Op["responses"] extends { 200: Json<infer Value> } | { 201: Json<infer Value> } ? Value : undefined;

/** Data calls name their tenant each time: it is never remembered. A key that is for one tenant may leave it out. */
type Tenant<Op extends Described> = "Castellan-Tenant" extends keyof NonNullable<Op["parameters"]["header"]>
  ? { tenant?: string | undefined; workspace?: string | undefined }
  : unknown;

/** Every operation that an app calls, by the name that the server gives it everywhere, with what it takes and gives. */
export type Operations = {
  [Id in OperationId]: Path<operations[Id]> & Query<operations[Id]> & Body<operations[Id]>
    & Tenant<operations[Id]> & { data: Data<operations[Id]> };
};

/** The body of an operation. */
export type BodyOf<Id extends OperationId> = Operations[Id] extends { body?: infer Value } ? NonNullable<Value> : never;

/** The query of an operation. */
export type QueryOf<Id extends OperationId> =
  Operations[Id] extends { query?: infer Value } ? NonNullable<Value> : never;
