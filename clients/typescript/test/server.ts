import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const KEY = "cas_pk_sandbox_test";

export interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
}

type Handler = (seen: Seen, response: ServerResponse) => void | Promise<void>;

interface Family { generation: number; revoked: boolean }

/**
 * The wire of Castellan, as strict as it gets: refresh tokens rotate, and one that was used before ends the whole
 * family. `grace` turns on the kindness of the real one, which answers a repeated rotation with the same successor.
 */
export class Server {
  readonly seen: Seen[] = [];
  readonly families = new Map<string, Family>();
  readonly idToken = { nonce: null as string | null, issuer: null as string | null };
  grace = false;
  tenantsCreated = 0;
  url = "";

  readonly #http = createServer((request, response) => void this.#serve(request, response));
  readonly #scripted = new Map<string, Handler[]>();
  readonly #codes = new Map<string, { challenge: string; redirectUri: string; nonce: string }>();
  readonly #answers = new Map<string, string>();
  readonly #deadTokens = new Set<string>();

  static async start(): Promise<Server> {
    const server = new Server();
    await new Promise<void>((resolve) => server.#http.listen(0, "127.0.0.1", resolve));
    server.url = `http://127.0.0.1:${(server.#http.address() as AddressInfo).port}`;
    return server;
  }

  stop(): void {
    this.#http.closeAllConnections();
    this.#http.close();
  }

  /** The next request to this path is answered by this instead. */
  once(path: string, handler: Handler): void {
    this.#scripted.set(path, [...(this.#scripted.get(path) ?? []), handler]);
  }

  /** Resolves when a request to the path arrives; it is answered as usual when the returned function is called. */
  hold(path: string): { arrived: Promise<void>; release: () => void } {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const arrived = new Promise<void>((resolve) => {
      this.once(path, async (seen, response) => {
        resolve();
        await released;
        this.#answer(seen, response);
      });
    });
    return { arrived, release };
  }

  count(path: string): number {
    return this.seen.filter((request) => request.path.split("?")[0] === path).length;
  }

  /** What the sign-in page does when the user agrees. */
  approve(authorizeUrl: string, iss = `${this.url}/sandbox`): string {
    const asked = new URL(authorizeUrl).searchParams;
    const redirectUri = asked.get("redirect_uri") ?? "";
    const code = randomUUID();
    const challenge = asked.get("code_challenge") ?? "";
    this.#codes.set(code, { redirectUri, challenge, nonce: asked.get("nonce") ?? "" });
    return `${redirectUri}?${new URLSearchParams({ code, state: asked.get("state") ?? "", iss })}`;
  }

  killAccessToken(token: string): void {
    this.#deadTokens.add(token);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const seen: Seen = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
    this.seen.push(seen);
    const scripted = this.#scripted.get(seen.path.split("?")[0] ?? "")?.shift();
    if (scripted) await scripted(seen, response);
    else this.#answer(seen, response);
  }

  #answer(seen: Seen, response: ServerResponse): void {
    switch (`${seen.method} ${seen.path.split("?")[0]}`) {
      case "POST /v1/auth/sign-in": {
        const { email } = JSON.parse(seen.body) as { email: string };
        return json(response, 200, { ...this.issue(`fam-${randomUUID()}`, 0), user: userOf(email) });
      }
      case "POST /v1/auth/refresh":
        return this.#rotate((JSON.parse(seen.body) as { refresh_token: string }).refresh_token, response, (body) =>
          problem(response, 401, { code: "refresh_refused", ...body }));
      case "POST /sandbox/oauth/token":
        return this.#token(new URLSearchParams(seen.body), response);
      case "POST /sandbox/oauth/revoke": {
        const [id] = (new URLSearchParams(seen.body).get("token") ?? "").split("/");
        const family = this.families.get(id ?? "");
        if (family) family.revoked = true;
        return json(response, 200, {});
      }
    }
    if (!this.#isAlive(seen)) return problem(response, 401, { code: "token_invalid" });
    if (seen.path === "/v1/me") return json(response, 200, userOf("ada@example.com"));
    if (seen.method === "POST" && seen.path === "/v1/tenants") return this.#createTenant(seen, response);
    return problem(response, 404, { code: "not_found" });
  }

  /** A refresh token is `family/generation`; an access token adds `/access`. */
  issue(id: string, generation: number): Record<string, unknown> {
    this.families.set(id, { generation, revoked: false });
    const token = `${id}/${generation}`;
    return { access_token: `${token}/access`, token_type: "Bearer", expires_in: 600, refresh_token: token };
  }

  #rotate(token: string, response: ServerResponse, refuse: (body: object) => void): void {
    const [id = "", generation = ""] = token.split("/");
    const family = this.families.get(id);
    if (!family || family.revoked) return refuse({ detail: "The session was revoked." });
    if (Number(generation) === family.generation) return json(response, 200, this.issue(id, family.generation + 1));
    if (this.grace && Number(generation) === family.generation - 1) {
      return json(response, 200, this.issue(id, family.generation));
    }
    family.revoked = true;
    return refuse({ detail: "A refresh token was used twice." });
  }

  #token(form: URLSearchParams, response: ServerResponse): void {
    const refuse = (body: object) => json(response, 400, { error: "invalid_grant", ...body });
    if (form.get("client_id") !== KEY) return json(response, 401, { error: "invalid_client" });
    const refreshToken = form.get("refresh_token");
    if (refreshToken !== null) return this.#rotate(refreshToken, response, refuse);

    const code = form.get("code") ?? "";
    const grant = this.#codes.get(code);
    this.#codes.delete(code);
    const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
    if (grant?.challenge !== challenge || grant.redirectUri !== form.get("redirect_uri")) return refuse({});
    const claims = {
      iss: this.idToken.issuer ?? `${this.url}/sandbox`, aud: KEY, nonce: this.idToken.nonce ?? grant.nonce,
    };
    const id_token = `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sig`;
    return json(response, 200, { ...this.issue(`fam-${randomUUID()}`, 0), id_token });
  }

  #isAlive(seen: Seen): boolean {
    const token = (seen.headers.authorization ?? "").replace("Bearer ", "");
    const [id = "", generation] = token.split("/");
    const family = this.families.get(id);
    return family !== undefined && !family.revoked && Number(generation) === family.generation
      && !this.#deadTokens.has(token);
  }

  #createTenant(seen: Seen, response: ServerResponse): void {
    const key = String(seen.headers["idempotency-key"]);
    const stored = this.#answers.get(key) ?? JSON.stringify({ id: `ten_${++this.tenantsCreated}`, version: 1 });
    this.#answers.set(key, stored);
    response.writeHead(201, { "Content-Type": "application/json" }).end(stored);
  }

  /** Does the work, then loses the answer. */
  readonly loseAnswer: Handler = (seen, response) => {
    const { socket } = response;
    const sink = { writeHead: () => sink, end: () => socket?.destroy() } as unknown as ServerResponse;
    this.#answer(seen, sink);
  };
}

export const dropConnection: Handler = (_, response) => void response.socket?.destroy();

export function json(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(body));
}

export function problem(response: ServerResponse, status: number, body: object, headers: object = {}): void {
  json(response, status, { type: "about:blank", title: "Refused", status, request_id: "req_1", ...body },
    { "Content-Type": "application/problem+json", ...headers });
}

export const userOf = (email: string) => ({ id: "usr_1", email, email_verified: true, name: null, version: 1 });
