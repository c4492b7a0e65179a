import type { Locks } from "./locks.js";
import { failed, isObject, localProblem, ok, type Problem, type Result } from "./problem.js";
import { randomToken } from "./random.js";
import type { SessionStorage } from "./storage.js";
import type { Clock } from "./wire.js";

export interface Tokens {
  access_token: string;
  refresh_token: string;
  /** Seconds. */
  expires_in: number;
  /** Who signed in, as the hosted page says it: what a sign-out there is asked with. */
  id_token?: string;
}

/** Which of the server's two doors the session came through, and is refreshed at. */
export type Door = "hosted" | "password";

/** Times are milliseconds of this device's clock, never the server's: the two may differ by hours. */
export interface HeldSession {
  /** Made here at sign-in and kept over refreshes: tells "the same, renewed" from "someone else". */
  id: string;
  door: Door;
  access_token: string;
  refresh_token: string;
  obtained_at: number;
  expires_at: number;
  id_token?: string;
}

export type SessionChange = "signed_in" | "refreshed" | "signed_out";

/** Tokens are renewed this long before they end, or a fifth of their life where that is less. */
const RENEW_AHEAD_MS = 60_000;

/**
 * Browsers hand a write to storage on to other processes a moment after they pass on the lock that covered it. Whoever
 * gets the lock waits this out before it reads; it costs nothing that a person notices, once per life of a token.
 */
const STORAGE_LAG_MS = 100;

/** The only refusals that end a session. Any other failure may be the network's, and costs nobody a sign-in. */
const ENDED = new Set(["invalid_grant", "refresh_refused"]);

/**
 * Keeps one session for all tabs. The storage is the truth and is read each time, so a token that another tab got
 * is used from its next call on; the lock makes one tab renew while the others wait and then find the new token.
 */
export class SessionKeeper {
  readonly #listeners = new Set<(change: SessionChange) => void>();
  #seen: HeldSession | null;
  #renewing: Promise<Result<HeldSession>> | null = null;

  constructor(
    private readonly key: string,
    private readonly storage: SessionStorage,
    private readonly locks: Locks,
    private readonly clock: Clock,
    private readonly fetchTokens: (session: HeldSession) => Promise<Result<Tokens>>,
  ) {
    this.#seen = this.current();
    storage.subscribe?.(() => this.#announce());
  }

  current(): HeldSession | null {
    try {
      const held: unknown = JSON.parse(this.storage.getItem(this.key) ?? "null");
      return isHeldSession(held) ? held : null;
    } catch {
      return null;
    }
  }

  /** Begins a session. `askedAt` is when the tokens were asked for: their life is counted from there, to be safe. */
  begin(tokens: Tokens, door: Door, askedAt: number): void {
    this.#store({ id: randomToken(), door, ...timed(tokens, askedAt) });
  }

  /** Ends it here and in every tab. The server is told by the caller. */
  end(): void {
    this.storage.removeItem(this.key);
    this.#announce();
  }

  onChange(listener: (change: SessionChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The session with a token that is good for a call, renewed ahead of its end; null when signed out. */
  async fresh(): Promise<Result<HeldSession | null>> {
    const held = this.current();
    if (held === null || !this.#isDue(held)) return ok(held);

    const renewed = await this.renew(held);
    if (renewed.error === null) return renewed;
    // It failed, but ahead of time: the token in hand still works, and the next call tries again.
    const still = this.current();
    if (still?.id === held.id && this.clock.now() < still.expires_at) return ok(still);
    return renewed;
  }

  /** Replaces tokens that are due or were refused. Any number of callers, in any number of tabs, cost one request. */
  renew(used: HeldSession): Promise<Result<HeldSession>> {
    this.#renewing ??= this.locks
      .request(`${this.key}:renew`, () => this.#renewAlone(used))
      .catch(() => failed(interrupted()))
      .finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  async #renewAlone(used: HeldSession): Promise<Result<HeldSession>> {
    await this.clock.sleep(STORAGE_LAG_MS);
    const before = this.current();
    if (before?.id !== used.id) return failed(sessionEnded());
    if (before.access_token !== used.access_token) return ok(before);

    const askedAt = this.clock.now();
    const answer = await this.fetchTokens(before);

    const after = this.current();
    // A sign-out or another sign-in came between: its word is newer than ours.
    if (after?.id !== before.id) return failed(sessionEnded());
    // Only where locks are leases: another tab renewed at the same time. If we were refused, that is why.
    if (after.access_token !== before.access_token) return ok(after);

    if (answer.error !== null) {
      if (!ENDED.has(answer.error.code)) return answer;
      this.end();
      return failed(sessionEnded(answer.error));
    }
    const renewed = { ...before, ...timed(answer.data, askedAt) };
    this.#store(renewed);
    return ok(renewed);
  }

  #isDue(held: HeldSession): boolean {
    const aheadMs = Math.min(RENEW_AHEAD_MS, (held.expires_at - held.obtained_at) / 5);
    const now = this.clock.now();
    // Before it was obtained: the clock was set back, and says nothing about the token's age.
    return now >= held.expires_at - aheadMs || now < held.obtained_at;
  }

  #store(session: HeldSession): void {
    this.storage.setItem(this.key, JSON.stringify(session));
    this.#announce();
  }

  #announce(): void {
    const before = this.#seen;
    const now = this.current();
    this.#seen = now;
    const change = changeBetween(before, now);
    if (change === null) return;
    // Apart, so that a listener's error is its own and breaks no call of ours.
    for (const listener of this.#listeners) queueMicrotask(() => listener(change));
  }
}

function changeBetween(before: HeldSession | null, now: HeldSession | null): SessionChange | null {
  if (now === null) return before === null ? null : "signed_out";
  if (before?.id !== now.id) return "signed_in";
  return before.access_token === now.access_token ? null : "refreshed";
}

const timed = ({ access_token, refresh_token, expires_in, id_token }: Tokens, askedAt: number) => ({
  access_token, refresh_token, obtained_at: askedAt, expires_at: askedAt + expires_in * 1000,
  ...(typeof id_token === "string" ? { id_token } : {}),
});

/** A session that the server alone ends: its token is never renewed, and how long it lasts is not known here. */
export function impersonated(token: string): HeldSession {
  if (!/^cas_im_./.test(token)) {
    throw new TypeError("This is no token of an impersonation. It looks like cas_im_...");
  }
  return {
    id: randomToken(), door: "hosted", access_token: token, refresh_token: "", obtained_at: 0,
    expires_at: Number.MAX_SAFE_INTEGER,
  };
}

/** As a refused refresh, which ends a session. */
export const impersonationEnded = (): Problem =>
  localProblem("refresh_refused", "Impersonation ended", "The impersonation has ended, after 15 minutes or before.");

export const isTokens = (value: unknown): value is Tokens =>
  isObject(value) && typeof value["access_token"] === "string" && typeof value["refresh_token"] === "string"
  && typeof value["expires_in"] === "number";

const isHeldSession = (value: unknown): value is HeldSession =>
  isObject(value) && typeof value["id"] === "string" && typeof value["access_token"] === "string"
  && typeof value["refresh_token"] === "string" && typeof value["obtained_at"] === "number"
  && typeof value["expires_at"] === "number" && (value["door"] === "hosted" || value["door"] === "password");

export const noTokens = (): Problem =>
  localProblem("wrong_answer", "Sign-in not completed", "The server answered without tokens.");

export const notSignedIn = (): Problem =>
  localProblem("not_signed_in", "Not signed in", "This call needs a signed-in user.", {
    status: 401, fix: "Call castellan.auth.signInWithRedirect() first.",
  });

/** The lock was taken from us, because this tab was suspended while it held it. */
const interrupted = (): Problem =>
  localProblem("interrupted", "Interrupted", "Another tab took over. Try again.", { retryable: true });

function sessionEnded(cause?: Problem): Problem {
  return localProblem("session_ended", "Signed out", cause?.detail ?? "The session has ended.", {
    status: 401, fix: "Sign in again.", request_id: cause?.request_id ?? null,
  });
}
