import type { components } from "./generated/openapi.js";

/**
 * The objects of the API under the names that apps use. Times are RFC 3339 UTC; ids are TypeIDs such as `ten_01h...`;
 * `version` is what `ifMatch` takes.
 */
type Schemas = components["schemas"];

export type ActivityEntry = Schemas["ActivityEntry"];
export type Actor = Schemas["Actor"];
export type CloudEvent = Schemas["CloudEvent"];
export type EventPage = Schemas["EventPage"];
export type Explanation = Schemas["Explanation"];
export type Installation = Schemas["AppInstallation"];
export type Invitation = Schemas["Invitation"];
export type InvitationState = Invitation["state"];
export type Member = Schemas["Member"];
export type Role = Member["role"];
export type Session = Schemas["Session"];
export type SessionTokens = Schemas["SessionTokens"];
export type SignUpAnswer = Schemas["SignUpAnswer"];
export type Status = Schemas["Done"];
export type Tenant = Schemas["Tenant"];
export type UsageCount = Schemas["UsageCount"];
export type User = Schemas["User"];
export type Workspace = Schemas["Workspace"];

/** One page of a list; `next_cursor` is null at the end. */
export type Page<Item> = Omit<Schemas["TenantList"], "items"> & { items: Item[] };
