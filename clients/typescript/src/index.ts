export {
  createClient, createServerClient, type Castellan, type CastellanServer, type ClientOptions, type Records,
  type ServerClientOptions,
} from "./client.js";
export { listAll } from "./pages.js";
export { memoryStorage, type SessionStorage } from "./storage.js";
export type { Auth, SignUpOutcome } from "./auth.js";
export type { SignInOptions } from "./hosted.js";
export type { Locks } from "./locks.js";
export type * from "./collections.js";
export type { RecordCalls, TenantPlace, TenantRecords } from "./records.js";
export type { ListQuery, OperationId, Operations } from "./operations.js";
export type { FieldProblem, PausedBudget, Problem, Result } from "./problem.js";
export type { CallOptions, Params } from "./request.js";
export type { SessionChange } from "./session.js";
export type { Clock } from "./wire.js";
export type * from "./types.js";
