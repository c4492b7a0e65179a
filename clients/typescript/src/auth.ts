import { startOf, type HostedSignIn, type SignInOptions } from "./hosted.js";
import { failed, localProblem, ok, type Result } from "./problem.js";
import type { Requester } from "./request.js";
import { isTokens, noTokens, type SessionChange, type SessionKeeper } from "./session.js";
import type { Status, User } from "./types.js";
import type { Clock } from "./wire.js";

export type SignUpOutcome = { status: "signed_in"; user: User } | { status: "verification_sent" };

/** Signing in and out. The hosted page is the way; the password forms are for prototypes and where allowed. */
export class Auth {
  /** The user's own page at Castellan: password, second factor, leaving. */
  readonly accountUrl: string;
  readonly #arrivals = new Map<string, Promise<Result<{ returnTo: string }>>>();

  constructor(
    issuer: string,
    private readonly hosted: HostedSignIn,
    private readonly keeper: SessionKeeper,
    private readonly request: Requester,
    private readonly clock: Clock,
  ) {
    this.accountUrl = `${issuer}/account`;
  }

  /** Whether this browser holds a session, without asking the server. */
  get signedIn(): boolean {
    return this.keeper.current() !== null;
  }

  /** Calls back on sign-in, refresh and sign-out, in whichever tab they happen. Answers how to stop it. */
  onChange(callback: (change: SessionChange) => void): () => void {
    return this.keeper.onChange(callback);
  }

  /** The signed-in user, or null. */
  async getUser(): Promise<Result<User | null>> {
    return this.signedIn ? this.request("me.get") : ok(null);
  }

  /** Leaves for Castellan's sign-in page. Outside a browser, follow `url` yourself. */
  async signInWithRedirect(options: SignInOptions = {}): Promise<Result<{ url: string }>> {
    const departure = await this.hosted.depart(options);
    if (departure.error !== null) return departure;
    (globalThis.location as Location | undefined)?.assign(departure.data);
    return ok({ url: departure.data });
  }

  /** For the page at the redirect URI. Safe to call twice for one address, as React's strict mode does. */
  handleCallback(address: string = globalThis.location?.href ?? ""): Promise<Result<{ returnTo: string }>> {
    const under = this.#arrivals.get(address);
    if (under) return under;
    const arrival = this.#arrive(address);
    this.#arrivals.set(address, arrival);
    return arrival;
  }

  /** Ends the session in all tabs at once, then at the server; an error means that the server was not told. */
  async signOut(): Promise<Result<undefined>> {
    const held = this.keeper.current();
    if (held === null) return ok(undefined);
    this.keeper.end();
    // An operator's impersonation has none; users.end_impersonation ends it at the server.
    return held.refresh_token === "" ? ok(undefined) : this.hosted.revoke(held.refresh_token);
  }

  /**
   * Signs out of this app in all tabs and leaves for Castellan, which ends the sign-in there too and comes back: the
   * next sign-in asks who it is. `redirectUri` must be a registered redirect URI, or the start page of a registered
   * origin; `<origin>/` when absent. Outside a browser, follow `url` yourself.
   */
  async signOutWithRedirect(options: { redirectUri?: string } = {}): Promise<Result<{ url: string }>> {
    const held = this.keeper.current();
    const url = this.hosted.signOutAddress(held?.id_token, options.redirectUri ?? startOf(globalThis.location));
    // Told apart from the page: Castellan's cookie may be gone while the app's session still lives.
    await this.signOut();
    (globalThis.location as Location | undefined)?.assign(url);
    return ok({ url });
  }

  async signUp(form: { email: string; password: string; name?: string }): Promise<Result<SignUpOutcome>> {
    const askedAt = this.clock.now();
    const answer = await this.request("users.sign_up", { body: form });
    if (answer.error !== null) return answer;
    const { user } = answer.data;
    if (!isTokens(answer.data) || user === undefined) return ok({ status: "verification_sent" });
    this.keeper.begin(answer.data, "password", askedAt);
    return ok({ status: "signed_in", user });
  }

  async signIn(form: { email: string; password: string }): Promise<Result<User>> {
    const askedAt = this.clock.now();
    const answer = await this.request("users.sign_in", { body: form });
    if (answer.error !== null) return answer;
    if (!isTokens(answer.data)) return failed(noTokens());
    this.keeper.begin(answer.data, "password", askedAt);
    return ok(answer.data.user);
  }

  verifyEmail(token: string): Promise<Result<Status>> {
    return this.request("users.verify_email", { body: { token } });
  }

  /** Answers the same for every address: only its owner learns whether there is an account. */
  requestReset(email: string): Promise<Result<Status>> {
    return this.request("users.request_reset", { body: { email } });
  }

  resetPassword(form: { token: string; password: string }): Promise<Result<Status>> {
    return this.request("users.reset_password", { body: form });
  }

  async #arrive(address: string): Promise<Result<{ returnTo: string }>> {
    if (!URL.canParse(address)) return failed(localProblem("wrong_answer", "No address", "There is no address."));
    const arrival = await this.hosted.arrive(new URL(address));
    if (arrival.error !== null) return arrival;
    this.keeper.begin(arrival.data.tokens, "hosted", arrival.data.askedAt);
    return ok({ returnTo: arrival.data.returnTo });
  }
}
