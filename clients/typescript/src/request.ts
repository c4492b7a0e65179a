import { routes, type OperationId, type Operations, type Route } from "./operations.js";
import { failed, localProblem, ok, type Problem, type Result } from "./problem.js";
import { randomToken } from "./random.js";
import { isTokens, noTokens, notSignedIn, type HeldSession, type SessionKeeper, type Tokens } from "./session.js";
import { send, type WireOptions, type WireRequest } from "./wire.js";

export interface CallOptions {
  /** The `version` of the object as it was read: if someone changed it since, the answer is an error. */
  ifMatch?: number;
  /**
   * Made for every write when absent. Give one to repeat a call of an earlier page load safely. Calls that come before
   * sign-in have none.
   */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

export type Params<Id extends OperationId> = Omit<Operations[Id], "data"> & CallOptions;

/** Calls one operation by name. The areas of the client are this function with names filled in. */
export type Requester = <Id extends OperationId>(
  id: Id,
  ...params: Record<never, never> extends Params<Id> ? [params?: Params<Id>] : [params: Params<Id>]
) => Promise<Result<Operations[Id]["data"]>>;

interface LooseParams extends CallOptions {
  path?: Record<string, string>;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  tenant?: string | undefined;
  workspace?: string | undefined;
}

/** Calls of an app in its user's name. */
export function userRequester(url: string, key: string, keeper: SessionKeeper, wire: WireOptions): Requester {
  return requester(url, { "Castellan-Key": key }, (request, route) => {
    if (route?.anonymous) return send(request, wire);
    return route?.inTenant && keeper.current() === null
      ? send(withoutUser(request), wire)
      : sendSignedIn(request, keeper, wire);
  });
}

/** Calls of an app's server in its own name. */
export function keyRequester(url: string, secretKey: string, wire: WireOptions): Requester {
  return requester(url, { Authorization: `Bearer ${secretKey}` }, (request) => send(request, wire));
}

function requester(
  url: string,
  credential: Record<string, string>,
  sendWith: (request: WireRequest, route: Route | undefined) => Promise<Result<unknown>>,
): Requester {
  return async (id, ...[given]) => {
    const request = prepared(id, url, credential, given ?? {});
    if ("code" in request) return failed(request);
    return await sendWith(request, routeOf(id)) as Result<Operations[typeof id]["data"]>;
  };
}

const routeOf = (id: OperationId): Route | undefined => routes[id];

/** The refresh of sessions that began in a password form. It stands apart: the requester waits for it. */
export async function refreshAtPasswordDoor(
  url: string, key: string, refresh_token: string, wire: WireOptions,
): Promise<Result<Tokens>> {
  const request = prepared("sessions.refresh", url, { "Castellan-Key": key }, { body: { refresh_token } });
  if ("code" in request) return failed(request);
  const answer = await send(request, wire);
  if (answer.error !== null) return answer;
  return isTokens(answer.data) ? ok(answer.data) : failed(noTokens());
}

async function sendSignedIn(request: WireRequest, keeper: SessionKeeper, wire: WireOptions): Promise<Result<unknown>> {
  const session = await keeper.fresh();
  if (session.error !== null) return session;
  if (session.data === null) return failed(notSignedIn());

  const answer = await send(withToken(request, session.data), wire);
  if (answer.error?.status !== 401) return answer;

  // Revoked early, or this device's clock misjudged it. Once: a second 401 is about something else.
  const renewed = await keeper.renew(session.data);
  return renewed.error === null ? send(withToken(request, renewed.data), wire) : renewed;
}

const withToken = (request: WireRequest, session: HeldSession): WireRequest => ({
  ...request,
  headers: { ...request.headers, Authorization: `Bearer ${session.access_token}` },
});

/** The server stores no answers for callers that it does not know, so their writes are sent once. */
function withoutUser(request: WireRequest): WireRequest {
  const { "Idempotency-Key": key, ...headers } = request.headers;
  return { ...request, headers, repeatable: key === undefined };
}

function prepared(
  id: OperationId, url: string, credential: Record<string, string>, params: LooseParams,
): WireRequest | Problem {
  const route = routeOf(id);
  if (route === undefined) {
    return localProblem("unknown_operation", "Unknown operation", `There is no operation ${String(id)}.`);
  }
  // A key knows whether it is for one tenant; a user never is.
  if (route.inTenant && !params.tenant && "Castellan-Key" in credential) return missing("tenant");
  const address = addressOf(route.path, params);
  if (typeof address !== "string") return address;

  const isWrite = route.method !== "GET" && !route.reads;
  const headers: Record<string, string> = { Accept: "application/json", ...credential };
  if (params.tenant !== undefined) headers["Castellan-Tenant"] = params.tenant;
  if (params.workspace !== undefined) headers["Castellan-Workspace"] = params.workspace;
  if (params.body !== undefined) headers["Content-Type"] = "application/json";
  if (params.ifMatch !== undefined) headers["If-Match"] = `"${params.ifMatch}"`;
  // One key for all attempts: this is what makes a retry of a write safe. The server stores no answers for callers that
  // it does not know, so their writes have none and are sent once.
  if (isWrite && !route.anonymous) headers["Idempotency-Key"] = params.idempotencyKey ?? randomToken();
  return {
    method: route.method,
    url: url + address,
    headers,
    ...(params.body === undefined ? {} : { body: JSON.stringify(params.body) }),
    signal: params.signal,
    repeatable: !isWrite || !route.anonymous || id === "sessions.refresh",
  };
}

function addressOf(template: string, { path = {}, query = {} }: LooseParams): string | Problem {
  const absent = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").find((name) => !path[name]);
  if (absent !== undefined) return missing(absent);
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ""));
  return search.size === 0 ? filled : `${filled}?${search}`;
}

const missing = (name: string): Problem =>
  localProblem("missing_parameter", "Missing parameter", `The id of the ${name} is missing.`, {
    fix: `Wait until the ${name} is loaded before calling.`,
  });
