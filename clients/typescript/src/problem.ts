/** One validation problem of a body; `pointer` is a JSON pointer into it. */
export interface FieldProblem {
  pointer: string;
  code: string;
  detail: string;
  fix: string | null;
}

/** A budget that has run out. Its name, cap and what is left of it are there where the caller may read it. */
export interface PausedBudget {
  id: string;
  /** `tokens`, ..., or the code of a currency, in whose minor units amounts are. */
  unit: string;
  /** Null is never. */
  resets_at: string | null;
  /** Who can raise it, in words. */
  raised_by: string;
  name?: string;
  cap?: number;
  left?: number;
}

/** Problem details (RFC 9457), also made from OAuth errors, unreadable answers and failures of the network. */
export interface Problem {
  type: string;
  title: string;
  /** The HTTP status; 0 when no answer came. */
  status: number;
  detail: string;
  /** The stable name to switch on. */
  code: string;
  /** What to do about it, where that is known. */
  fix: string | null;
  /** Null when no answer came. */
  request_id: string | null;
  /** Whether the same call may succeed later, unchanged. */
  retryable: boolean;
  errors: FieldProblem[];
  /** The refusal itself, by which operators find it in the audit log. */
  decision_id?: string;
  /** With `budget_paused`. */
  budget?: PausedBudget;
}

/** What every call answers: exactly one of `data` and `error` is set. Nothing rejects. */
export type Result<Data> = { data: Data; error: null } | { data: null; error: Problem };

export const ok = <Data>(data: Data): Result<Data> => ({ data, error: null });
export const failed = (error: Problem): { data: null; error: Problem } => ({ data: null, error });

/** A problem found on this side of the wire. */
export function localProblem(code: string, title: string, detail: string, more: Partial<Problem> = {}): Problem {
  return {
    type: "about:blank", title, status: 0, detail, code, fix: null, request_id: null, retryable: false, errors: [],
    ...more,
  };
}

/** Reads the answer to a refused request, whatever it is: problem details, an OAuth error, a proxy's HTML page. */
export function problemOf(response: Response, body: unknown): Problem {
  const request_id = response.headers.get("Castellan-Request-Id");
  const retryable = response.status === 503 || response.status === 429;
  const base = { status: response.status, request_id, retryable };

  if (!isObject(body)) {
    return localProblem("unreadable_answer", "Unreadable answer",
      `The server answered ${response.status} with something other than JSON.`,
      { ...base, fix: "Check that the url given to createClient is Castellan's, and what stands between." });
  }
  if (typeof body["error"] === "string") {
    return localProblem(body["error"], "Sign-in refused", text(body["error_description"]) ?? body["error"], base);
  }
  const problem: Problem = {
    ...base,
    type: text(body["type"]) ?? "about:blank",
    title: text(body["title"]) ?? "Request refused",
    detail: text(body["detail"]) ?? text(body["title"]) ?? `The server answered ${response.status}.`,
    code: text(body["code"]) ?? "unknown",
    fix: text(body["fix"]),
    request_id: text(body["request_id"]) ?? request_id,
    errors: Array.isArray(body["errors"]) ? body["errors"].filter(isObject).map(fieldProblem) : [],
  };
  if (typeof body["retryable"] === "boolean") problem.retryable = body["retryable"];
  if (typeof body["decision_id"] === "string") problem.decision_id = body["decision_id"];
  if (isPausedBudget(body["budget"])) problem.budget = body["budget"];
  return problem;
}

const isPausedBudget = (value: unknown): value is PausedBudget =>
  isObject(value) && typeof value["id"] === "string" && typeof value["unit"] === "string";

const fieldProblem = (value: Record<string, unknown>): FieldProblem => ({
  pointer: text(value["pointer"]) ?? "",
  code: text(value["code"]) ?? "invalid",
  detail: text(value["detail"]) ?? "This value is not valid.",
  fix: text(value["fix"]),
});

const text = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
