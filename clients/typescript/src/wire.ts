import { failed, localProblem, ok, problemOf, type Problem, type Result } from "./problem.js";

/** Time, so that tests need none of it. Milliseconds. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

export interface WireRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
  signal?: AbortSignal | undefined;
  /** Whether sending it twice does the work once, so that a lost answer may be asked for again. */
  repeatable: boolean;
}

export interface WireOptions {
  fetch: typeof globalThis.fetch;
  clock: Clock;
  /** For one attempt. */
  timeoutMs: number;
}

const TRIES = 3;
const FIRST_PAUSE_MS = 250;
/** A person is waiting: a server that asks for more time than this gets its refusal shown instead. */
const LONGEST_PAUSE_MS = 10_000;

interface Attempt {
  result: Result<unknown>;
  /** Milliseconds, from `Retry-After`; null where the server did not say. */
  retryAfterMs: number | null;
}

/** Sends a request, up to three times where that is safe, and turns whatever happens into a result. */
export async function send(request: WireRequest, options: WireOptions): Promise<Result<unknown>> {
  for (let tried = 1; ; tried++) {
    const attempt = await sendOnce(request, options);
    if (attempt.result.error === null || tried === TRIES) return attempt.result;

    const pauseMs = pauseBeforeRetry(attempt.result.error, attempt.retryAfterMs, request.repeatable, tried);
    if (pauseMs === null) return attempt.result;
    await options.clock.sleep(pauseMs);
    if (request.signal?.aborted) return failed(aborted());
  }
}

async function sendOnce(request: WireRequest, options: WireOptions): Promise<Attempt> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  try {
    const response = await options.fetch(request.url, {
      method: request.method,
      headers: request.headers,
      signal: request.signal ? AbortSignal.any([request.signal, timeout]) : timeout,
      // Credentials travel in headers; a cookie of Castellan's own pages has no business here.
      credentials: "omit",
      cache: "no-store",
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const retryAfterMs = retryAfter(response.headers.get("Retry-After"), options.clock.now());
    return { result: read(response, await response.text()), retryAfterMs };
  } catch (cause) {
    return { result: failed(lostAnswer(request, timeout, options.timeoutMs, cause)), retryAfterMs: null };
  }
}

function read(response: Response, text: string): Result<unknown> {
  let body: unknown;
  try {
    body = text === "" ? undefined : JSON.parse(text);
  } catch {
    return failed(problemOf(response, undefined));
  }
  return response.ok ? ok(body) : failed(problemOf(response, body));
}

function lostAnswer(request: WireRequest, timeout: AbortSignal, timeoutMs: number, cause: unknown): Problem {
  if (request.signal?.aborted) return aborted();
  if (timeout.aborted) {
    return localProblem("timeout", "No answer in time", `No answer came within ${timeoutMs} ms.`, { retryable: true });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  // A browser does not say whether the network failed or a CORS check did, so both are named.
  return localProblem("network_failure", "The server was not reached", `No answer came: ${reason}.`, {
    retryable: true,
    fix: `Check the connection and the url given to createClient. If other sites work, add this page's origin to the `
      + `app's allowed origins.`,
  });
}

const aborted = (): Problem => localProblem("aborted", "Cancelled", "The call was cancelled by its caller.");

function pauseBeforeRetry(
  error: Problem, retryAfterMs: number | null, repeatable: boolean, tried: number,
): number | null {
  // 409 with Retry-After is the first attempt, still under way; 503 with it is a refusal before any work, except where
  // the server itself does not know whether it was done.
  const asked = (error.status === 409 || error.status === 503) && (repeatable || error.code !== "outcome_unknown");
  if (asked && retryAfterMs !== null) {
    return retryAfterMs <= LONGEST_PAUSE_MS ? retryAfterMs : null;
  }
  const lost = error.code === "network_failure" || error.code === "timeout" || error.status === 503;
  if (!lost || !repeatable) return null;
  // Half of it random: clients that lost the server together should not come back together.
  return FIRST_PAUSE_MS * 2 ** (tried - 1) * (0.5 + Math.random() / 2);
}

function retryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
