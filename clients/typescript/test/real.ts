import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, memoryStorage, type Castellan } from "../src/index.js";
import type { Collections } from "./generated/castellan-types.js";

const EXECUTABLE = process.env["CASTELLAN_SERVER"] ?? "../../artifacts/release/castellan-server";
const START_MS = 30_000;
const PASSWORD = "three quiet harbours";

interface Body { [name: string]: unknown }

/** The published server on a folder of its own, with one app whose contract is that of these tests. */
export class RealServer {
  private constructor(
    readonly url: string, readonly app: string, readonly key: string, readonly secretKey: string,
    private readonly process: ChildProcess, private readonly folder: string,
  ) {}

  static async start(): Promise<RealServer> {
    const folder = mkdtempSync(join(tmpdir(), "castellan-client-"));
    const url = `http://127.0.0.1:${await freePort()}`;
    const server = spawn(EXECUTABLE, ["serve", "--DataFolder", join(folder, "data"), "--Listen", url], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    try {
      const owner = operator(url, await setupToken(server));
      const { token } = await owner("POST", "/v1/operators/claim", {
        name: "Olga", email: "olga@example.com", password: PASSWORD,
      });
      const call = operator(url, String(token));
      const app = String((await call("POST", "/v1/apps", { name: "Client tests", owner: "Tests" }))["id"]);
      const settings = await call("PATCH", `/v1/apps/${app}/environments/sandbox`, { native: true });
      await call("POST", `/v1/apps/${app}/contract`, {
        contract: JSON.parse(readFileSync("test/castellan.json", "utf8")) as unknown,
      });
      const { secret } = await call("POST", `/v1/apps/${app}/environments/sandbox/keys`, { name: "Tests" });
      return new RealServer(url, app, String(settings["publishable_key"]), String(secret), server, folder);
    } catch (failure) {
      server.kill();
      rmSync(folder, { recursive: true, force: true });
      throw failure;
    }
  }

  /** The app in a browser of its own, which nobody has signed in to. */
  browser(): Castellan<Collections> {
    return createClient<Collections>({ url: this.url, key: this.key, storage: memoryStorage() });
  }

  /** The same, with a new user signed in. */
  async person(name: string): Promise<Castellan<Collections>> {
    const castellan = this.browser();
    const { error } = await castellan.auth.signUp({ email: `${name}@example.com`, password: PASSWORD, name });
    if (error) throw new Error(`${name} could not sign up: ${error.detail}`);
    return castellan;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill();
    await ended;
    rmSync(this.folder, { recursive: true });
  }
}

const operator = (url: string, token: string) => async (method: string, path: string, body: Body): Promise<Body> => {
  const response = await fetch(url + path, {
    method,
    headers: {
      Authorization: `Bearer ${token}`, "Content-Type": "application/json",
      // A contract belongs to an environment that its path does not name.
      ...(path.endsWith("/contract") ? { "Castellan-Environment": "sandbox" } : {}),
    },
    body: JSON.stringify(body),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}: ${answer}`);
  return JSON.parse(answer) as Body;
};

/** The one-time token that the server prints for its first owner. */
function setupToken(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const late = setTimeout(
      () => reject(new Error(`The server told no link for its owner. It said:\n${said}`)), START_MS);
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const token = /\/setup\?token=(\S+)\s/.exec(said)?.[1];
      if (token === undefined) return;
      clearTimeout(late);
      resolve(token);
    };
    server.stdout?.on("data", hear);
    server.stderr?.on("data", hear);
    server.once("error", (failure) => {
      clearTimeout(late);
      const fix = "Run `dotnet run build.cs -- release` first.";
      reject(new Error(`${EXECUTABLE} does not start: ${failure.message}. ${fix}`));
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const listener = createServer().listen(0, "127.0.0.1", () => {
      const { port } = listener.address() as AddressInfo;
      listener.close(() => resolve(port));
    });
  });
}
