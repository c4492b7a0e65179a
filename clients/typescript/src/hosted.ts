import { failed, isObject, localProblem, ok, type Problem, type Result } from "./problem.js";
import { base64url, randomToken } from "./random.js";
import { isTokens, type Tokens } from "./session.js";
import type { SessionStorage } from "./storage.js";
import { send, type WireOptions } from "./wire.js";

export interface SignInOptions {
  /** The path of this app to come back to; `/` when absent. */
  returnTo?: string;
  /** Must be one of the app's registered redirect URIs; `<origin>/callback` when absent. */
  redirectUri?: string;
}

/** What must be remembered between leaving for the sign-in page and coming back. */
interface Departure {
  state: string;
  nonce: string;
  verifier: string;
  redirectUri: string;
  returnTo: string;
  left_at: number;
}

/** Long enough to confirm an e-mail address on the way. */
const DEPARTURE_LIFE_MS = 60 * 60_000;
/** Sign-ins that several tabs may have under way. */
const MOST_DEPARTURES = 8;

/** Authorization code with PKCE (RFC 7636, S256), state, nonce and issuer check (RFC 9207). */
export class HostedSignIn {
  readonly #departuresKey: string;

  constructor(
    private readonly issuer: string,
    private readonly clientId: string,
    private readonly storage: SessionStorage,
    private readonly wire: WireOptions,
  ) {
    this.#departuresKey = `castellan:${clientId}:departures`;
  }

  /** The address to send the browser to. */
  async depart(options: SignInOptions): Promise<Result<string>> {
    const redirectUri = options.redirectUri ?? callbackOf(globalThis.location);
    if (redirectUri === null) return failed(noRedirectUri());
    // Browsers offer SHA-256 on https and localhost only; OAuth 2.1 has no other method.
    if (crypto.subtle === undefined) return failed(insecureOrigin());

    const verifier = randomToken();
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
    const departure: Departure = {
      state: randomToken(), nonce: randomToken(), verifier, redirectUri,
      returnTo: pathOnly(options.returnTo ?? "/"),
      left_at: this.wire.clock.now(),
    };
    this.#remember([...this.#departures().slice(1 - MOST_DEPARTURES), departure]);

    const address = new URL(`${this.issuer}/oauth/authorize`);
    address.search = new URLSearchParams({
      response_type: "code",
      client_id: this.clientId,
      redirect_uri: redirectUri,
      scope: "openid profile email offline_access",
      state: departure.state,
      nonce: departure.nonce,
      code_challenge: base64url(new Uint8Array(digest)),
      code_challenge_method: "S256",
    }).toString();
    return ok(address.href);
  }

  /** Exchanges what the sign-in page sent back. A state is good once. */
  async arrive(address: URL): Promise<Result<{ tokens: Tokens; returnTo: string; askedAt: number }>> {
    const sent = address.searchParams;
    const departure = this.#departures().find(({ state }) => state === sent.get("state"));
    if (departure === undefined) return failed(unknownState());
    this.#remember(this.#departures().filter(({ state }) => state !== departure.state));

    const refusal = sent.get("error");
    if (refusal !== null) {
      return failed(localProblem(refusal, "Sign-in refused", sent.get("error_description") ?? refusal));
    }
    const issuer = sent.get("iss");
    if (issuer !== null && trimSlash(issuer) !== this.issuer) return failed(wrongAnswer("another issuer"));
    const code = sent.get("code");
    if (code === null) return failed(wrongAnswer("no code"));

    const askedAt = this.wire.clock.now();
    const answer = await this.#token({
      grant_type: "authorization_code", code, redirect_uri: departure.redirectUri, code_verifier: departure.verifier,
    }, false);
    if (answer.error !== null) return answer;
    if (!isMeantFor(answer.data, departure.nonce, this.clientId, this.issuer)) {
      return failed(wrongAnswer("an identity token for another sign-in"));
    }
    return ok({ tokens: answer.data, returnTo: departure.returnTo, askedAt });
  }

  /** Repeatable: the server answers a repeated rotation, within its grace, with the same successor. */
  refresh(refreshToken: string): Promise<Result<Tokens>> {
    return this.#token({ grant_type: "refresh_token", refresh_token: refreshToken }, true);
  }

  /**
   * The address that ends the sign-in at Castellan's own pages (OpenID Connect RP-Initiated Logout 1.0). Without an
   * identity token the page asks the person first, so that no foreign page can sign people out.
   */
  signOutAddress(idToken: string | undefined, redirectUri: string | null): string {
    const address = new URL(`${this.issuer}/oauth/logout`);
    address.search = new URLSearchParams({
      client_id: this.clientId,
      ...(idToken === undefined ? {} : { id_token_hint: idToken }),
      ...(redirectUri === null ? {} : { post_logout_redirect_uri: redirectUri }),
    }).toString();
    return address.href;
  }

  async revoke(refreshToken: string): Promise<Result<undefined>> {
    const answer = await this.#post("revoke", { token: refreshToken, token_type_hint: "refresh_token" }, true);
    return answer.error === null ? ok(undefined) : answer;
  }

  async #token(form: Record<string, string>, repeatable: boolean): Promise<Result<Tokens>> {
    const answer = await this.#post("token", form, repeatable);
    if (answer.error !== null) return answer;
    return isTokens(answer.data) ? ok(answer.data) : failed(wrongAnswer("no tokens"));
  }

  #post(endpoint: string, form: Record<string, string>, repeatable: boolean): Promise<Result<unknown>> {
    return send({
      method: "POST",
      url: `${this.issuer}/oauth/${endpoint}`,
      headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
      body: new URLSearchParams({ ...form, client_id: this.clientId }).toString(),
      repeatable,
    }, this.wire);
  }

  #departures(): Departure[] {
    const oldest = this.wire.clock.now() - DEPARTURE_LIFE_MS;
    try {
      const kept: unknown = JSON.parse(this.storage.getItem(this.#departuresKey) ?? "[]");
      return Array.isArray(kept) ? (kept as Departure[]).filter(({ left_at }) => left_at > oldest) : [];
    } catch {
      return [];
    }
  }

  #remember(departures: Departure[]): void {
    if (departures.length === 0) this.storage.removeItem(this.#departuresKey);
    else this.storage.setItem(this.#departuresKey, JSON.stringify(departures));
  }
}

/**
 * The identity token came straight from the token endpoint over TLS, so its signature needs no check (OpenID Connect
 * Core 3.1.3.7, item 6); its times are left alone because this device's clock may be wrong. PKCE already binds the
 * code to this browser, so an answer without an identity token is whole.
 */
function isMeantFor(tokens: Tokens, nonce: string, clientId: string, issuer: string): boolean {
  if (tokens.id_token === undefined) return true;
  const claims = claimsOf(tokens.id_token);
  if (claims === null || typeof claims["iss"] !== "string") return false;
  const audience = Array.isArray(claims["aud"]) ? claims["aud"] : [claims["aud"]];
  return claims["nonce"] === nonce && audience.includes(clientId) && trimSlash(claims["iss"]) === issuer;
}

function claimsOf(token: unknown): Record<string, unknown> | null {
  try {
    const payload = String(token).split(".")[1] ?? "";
    const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isObject(claims) ? claims : null;
  } catch {
    return null;
  }
}

const callbackOf = (location: Location | undefined): string | null =>
  location?.origin ? `${location.origin}/callback` : null;

export const startOf = (location: Location | undefined): string | null =>
  location?.origin ? `${location.origin}/` : null;

/** Another site's address here would make the app an open redirect. Browsers read a backslash as a slash. */
const pathOnly = (path: string): string => (/^\/(?![/\\])/.test(path) ? path : "/");

export const trimSlash = (address: string): string => address.replace(/\/+$/, "");

const noRedirectUri = (): Problem =>
  localProblem("no_redirect_uri", "No address to come back to", "Outside a browser there is no page to return to.", {
    fix: "Pass redirectUri.",
  });

const insecureOrigin = (): Problem =>
  localProblem("insecure_origin", "Insecure origin", "Sign-in needs a page served over https or from localhost.", {
    fix: "Open the app at an https address, or at http://localhost.",
  });

const unknownState = (): Problem =>
  localProblem("unknown_state", "Sign-in not recognised",
    "This answer belongs to no sign-in that this browser started, or was used before.", { fix: "Sign in again." });

const wrongAnswer = (what: string): Problem =>
  localProblem("wrong_answer", "Sign-in not completed", `The sign-in page answered with ${what}.`, {
    fix: "Sign in again.",
  });
