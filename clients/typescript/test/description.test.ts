import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { serverAreas, userAreas } from "../src/areas.js";
import { routes, type OperationId, type Route } from "../src/operations.js";
import { recordCalls } from "../src/records.js";
import type { Requester } from "../src/request.js";

interface Described {
  operationId: string;
  security: Record<string, unknown>[];
  parameters?: { name: string; in: string }[];
}

// The tests are compiled to dist/test, and run from the package.
const DESCRIPTION = "../../docs/openapi.json";
const { paths } = JSON.parse(readFileSync(DESCRIPTION, "utf8")) as {
  paths: Record<string, Record<string, Described>>;
};
const described = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, it]) => ({
  id: it.operationId, method: method.toUpperCase(), path, credentials: it.security.flatMap(Object.keys),
  headers: (it.parameters ?? []).filter((parameter) => parameter.in === "header").map((parameter) => parameter.name),
})));

const AUTHZEN = "AuthZEN's own clients ask it, with the forms of the standard; access.explain says the same.";

/** What an app's people or server may call by their credential, and yet do not find here. */
const LEFT_OUT: Record<string, string> = {
  "access.authzen.evaluation": AUTHZEN,
  "access.authzen.evaluations": AUTHZEN,
  "access.authzen.search_action": AUTHZEN,
  "access.authzen.search_resource": AUTHZEN,
  "access.authzen.search_subject": AUTHZEN,
  "me.delete": "The server refuses it: people leave on Castellan's own page, at auth.accountUrl.",
};

/** What the client calls by itself, behind auth. */
const BEHIND_AUTH = [
  "sessions.refresh", "users.request_reset", "users.reset_password", "users.sign_in", "users.sign_up",
  "users.verify_email",
];

/** The operations that an area's functions call. */
function called(areas: (request: Requester) => Record<string, Record<string, unknown>>): string[] {
  const ids: string[] = [];
  const request = ((id: OperationId) => void ids.push(id)) as unknown as Requester;
  const records = recordCalls(request, { tenant: "ten_1" }, "tasks");
  for (const area of Object.values({ ...areas(request), records })) {
    for (const call of Object.values(area)) (call as (...args: unknown[]) => void)("id", { on: [] });
  }
  return ids.sort();
}

const openTo = (...credentials: string[]): string[] => described
  .filter((it) => it.credentials.some((credential) => credentials.includes(credential)))
  .map((it) => it.id).filter((id) => !(id in LEFT_OUT)).sort();

describe("the server's description", () => {
  test("is what the types were generated from", () => {
    const cli = "node_modules/openapi-typescript/bin/cli.js";
    const generated = execFileSync(process.execPath, [cli, DESCRIPTION], { encoding: "utf8", maxBuffer: 1 << 24 });
    assert.equal(readFileSync("src/generated/openapi.ts", "utf8").trim(), generated.trim(),
      "src/generated/openapi.ts is stale: run `npm run generate` and review what changed.");
  });

  test("has the routes that the client calls, and no more for apps", () => {
    const expected = described
      .filter((it) => openTo("publishableKey", "userToken", "secretKey").includes(it.id))
      .map(({ id, method, path, credentials, headers }): [string, Route] => {
        const inTenant = headers.includes("Castellan-Tenant");
        const anonymous = credentials.includes("publishableKey") && !inTenant;
        const reads = method === "POST" && !anonymous && !headers.includes("Idempotency-Key");
        return [id, {
          method: method as Route["method"], path,
          ...(anonymous ? { anonymous: true } : {}),
          ...(inTenant ? { inTenant: true } : {}),
          ...(reads ? { reads: true } : {}),
        }];
      });
    assert.deepEqual({ ...routes }, Object.fromEntries(expected));
  });

  test("has everything that is left out", () => {
    const ids = described.map((it) => it.id);
    assert.deepEqual(Object.keys(LEFT_OUT).filter((id) => !ids.includes(id)), []);
  });

  test("lets a person call all that the app's client offers", () => {
    const offered = [...called(userAreas), ...BEHIND_AUTH].sort();
    assert.deepEqual(offered, openTo("publishableKey", "userToken"));
  });

  test("lets a secret key call all that the server's client offers", () => {
    assert.deepEqual(called(serverAreas), openTo("secretKey"));
  });
});
