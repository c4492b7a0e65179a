import { serverAreas, userAreas } from "./areas.js";
import { Auth } from "./auth.js";
import type { AnyCollections, CollectionTypes } from "./collections.js";
import { HostedSignIn, trimSlash } from "./hosted.js";
import { defaultLocks, type Locks } from "./locks.js";
import { failed } from "./problem.js";
import { tenantPlace, type TenantPlace } from "./records.js";
import { keyRequester, refreshAtPasswordDoor, userRequester, type Requester } from "./request.js";
import { impersonated, impersonationEnded, SessionKeeper, type HeldSession } from "./session.js";
import { defaultStorage, memoryStorage, type SessionStorage } from "./storage.js";
import { systemClock, type Clock, type WireOptions } from "./wire.js";

export interface ClientOptions {
  /** Where Castellan is, such as `https://castellan.example.com`. */
  url: string;
  /** The app's publishable key, `cas_pk_<environment>_...`. It is public by design. */
  key: string;
  /**
   * What `castellan users impersonate` printed, `cas_im_...`: every call is that user's, for 15 minutes, and only
   * reads. No session is read or kept; the user's own in this browser stays as it is.
   */
  impersonation?: string;
  /** Default: `localStorage` in a browser, memory elsewhere. */
  storage?: SessionStorage;
  /** Default: the browser's Web Locks, or leases in the storage. */
  locks?: Locks;
  /** For one attempt; three are made where that is safe. Default 30 000: above the slowest honest answer. */
  timeoutMs?: number;
  fetch?: typeof globalThis.fetch;
  clock?: Clock;
}

/** The records of tenants, in the collections that the app's contract declares. */
export interface Records<Collections extends CollectionTypes<Collections>> {
  /** `castellan.tenant(id).from("tasks").list()` */
  tenant(id: string): TenantPlace<Collections>;
}

export interface Castellan<Collections extends CollectionTypes<Collections> = AnyCollections>
  extends ReturnType<typeof userAreas>, Records<Collections> {
  /** `sandbox`, `live` or another, as the key says. */
  readonly environment: string;
  readonly auth: Auth;
  readonly request: Requester;
}

export interface ServerClientOptions extends Pick<ClientOptions, "url" | "timeoutMs" | "fetch" | "clock"> {
  /** One of the app's secret or restricted keys, `cas_sk_<environment>_...` or `cas_rk_...`: what the server may do. */
  secretKey: string;
}

export interface CastellanServer<Collections extends CollectionTypes<Collections> = AnyCollections>
  extends ReturnType<typeof serverAreas>, Records<Collections> {
  readonly request: Requester;
  /** The records of the tenant that a key is for, which need not be named. */
  ownTenant(): TenantPlace<Collections>;
}

/** A refresh holds up every tab, so it is given less time than a call; its tries must fit in a lock's lease. */
const REFRESH_TIMEOUT_MS = 10_000;

/**
 * Throws for a url or key that can never work; after that, no call throws. `Collections` is what `castellan types` made
 * of the app's contract.
 */
export function createClient<Collections extends CollectionTypes<Collections> = AnyCollections>(
  options: ClientOptions,
): Castellan<Collections> {
  const url = trimSlash(new URL(options.url).href);
  const environment = environmentOf(options.key);
  const issuer = `${url}/${environment}`;
  const clock = options.clock ?? systemClock;
  const { impersonation } = options;
  const storage = impersonation === undefined ? options.storage ?? defaultStorage() : memoryStorage();
  const wire = wireOf(options, clock);
  const authWire = { ...wire, timeoutMs: Math.min(wire.timeoutMs, REFRESH_TIMEOUT_MS) };

  const hosted = new HostedSignIn(issuer, options.key, storage, authWire);
  const refresh = ({ door, access_token, refresh_token }: HeldSession) =>
    access_token === impersonation ? Promise.resolve(failed(impersonationEnded()))
    : door === "hosted"
      ? hosted.refresh(refresh_token)
      : refreshAtPasswordDoor(url, options.key, refresh_token, authWire);
  const place = `castellan:${options.key}`;
  if (impersonation !== undefined) storage.setItem(place, JSON.stringify(impersonated(impersonation)));
  const keeper = new SessionKeeper(
    place, storage, options.locks ?? defaultLocks(storage, clock), clock, refresh);
  const request = userRequester(url, options.key, keeper, wire);

  return {
    environment, auth: new Auth(issuer, hosted, keeper, request, clock), request, ...userAreas(request),
    tenant: (id) => tenantPlace<Collections>(request, id),
  };
}

/** For the app's own server. Throws in a browser, and for a url or key that can never work. */
export function createServerClient<Collections extends CollectionTypes<Collections> = AnyCollections>(
  options: ServerClientOptions,
): CastellanServer<Collections> {
  const url = trimSlash(new URL(options.url).href);
  if (typeof globalThis.document !== "undefined") {
    throw new TypeError("A secret key must never reach a browser. Use createClient with the publishable key.");
  }
  if (!/^cas_[sr]k_[a-z0-9-]+_./.test(options.secretKey)) {
    throw new TypeError("The key is not a secret key. It looks like cas_sk_<environment>_... or cas_rk_...");
  }
  const request = keyRequester(url, options.secretKey, wireOf(options, options.clock ?? systemClock));
  return {
    request, ...serverAreas(request), tenant: (id) => tenantPlace<Collections>(request, id),
    ownTenant: () => tenantPlace<Collections>(request, undefined),
  };
}

const wireOf = (options: Pick<ClientOptions, "fetch" | "timeoutMs">, clock: Clock): WireOptions => ({
  // Looked up at each call, so that a test or a monitor may replace it; unbound, browsers refuse it.
  fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  clock,
  timeoutMs: options.timeoutMs ?? 30_000,
});

function environmentOf(key: string): string {
  if (/^cas_[sr]k_/.test(key)) {
    throw new TypeError("This is a secret key: it must never reach a browser. Use the publishable key (cas_pk_...).");
  }
  const environment = /^cas_pk_([a-z0-9-]+)_./.exec(key)?.[1];
  if (environment === undefined) {
    throw new TypeError("The key is not a publishable key. It looks like cas_pk_<environment>_...");
  }
  return environment;
}
