import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { createServerClient, type CastellanServer } from "../src/index.js";
import { json, problem, Server } from "./server.js";
import { FakeClock } from "./tabs.js";

const secretKey = "cas_sk_sandbox_test";
let server: Server;
let castellan: CastellanServer;

beforeEach(async () => {
  server = await Server.start();
  castellan = createServerClient({ url: server.url, secretKey, clock: new FakeClock() });
});
afterEach(() => server.stop());

describe("an app's server", () => {
  test("shows its secret key and nothing else", async () => {
    server.once("/v1/usage", (_, response) => json(response, 200, { items: [], next_cursor: null }));
    assert.deepEqual((await castellan.usage.summary({ by: "app" })).data, { items: [], next_cursor: null });
    const [seen] = server.seen;
    assert.equal(seen?.path, "/v1/usage?by=app");
    assert.equal(seen?.headers.authorization, `Bearer ${secretKey}`);
    assert.equal(seen?.headers["castellan-key"], undefined);
  });

  test("reads events from where it stopped", async () => {
    server.once("/v1/events", (_, response) => json(response, 200, { items: [], next_after: "9007199254740993" }));
    const { data } = await castellan.events.list();
    server.once("/v1/events", (_, response) => json(response, 200, { items: [], next_after: "9007199254740993" }));
    await castellan.events.list({ after: data?.next_after, limit: 10 });
    assert.equal(server.seen[1]?.path, "/v1/events?after=9007199254740993&limit=10");
  });

  test("does a write once although its answer was lost", async () => {
    server.once("/v1/tenants", (_, response) => void response.socket?.destroy());
    server.once("/v1/tenants", (_, response) => json(response, 201, { id: "ten_1" }));
    assert.equal((await castellan.tenants.create({ name: "Acme" })).data?.id, "ten_1");
    const keys = server.seen.map((seen) => seen.headers["idempotency-key"]);
    assert.equal(keys.length, 2);
    assert.equal(keys[0], keys[1]);
  });

  test("is told of a refused key, and does not try to renew it", async () => {
    server.once("/v1/users", (_, response) => problem(response, 401, { code: "credential_invalid" }));
    assert.equal((await castellan.users.list()).error?.code, "credential_invalid");
    assert.equal(server.seen.length, 1);
  });

  test("names no tenant where its key is for one", async () => {
    castellan = createServerClient({ url: server.url, secretKey: "cas_rk_sandbox_test", clock: new FakeClock() });
    server.once("/v1/records/tasks", (_, response) => json(response, 200, { items: [], next_cursor: null }));
    assert.equal((await castellan.ownTenant().from("tasks").list()).error, null);
    assert.equal(server.seen[0]?.headers["castellan-tenant"], undefined);
    assert.equal(server.seen[0]?.headers.authorization, "Bearer cas_rk_sandbox_test");
  });

  test("asks about a key that somebody shows", async () => {
    const answer = { valid: false, outcome: "expired", detail: "The key has expired.", key: null, retry_after_s: null };
    server.once("/v1/keys/verify", (_, response) => json(response, 200, answer));
    assert.equal((await castellan.keys.verify({ key: "cas_rk_x", operation: "app.export" })).data?.outcome, "expired");
    assert.equal(server.seen[0]?.headers["idempotency-key"], undefined);
  });

  for (const wrong of ["cas_pk_sandbox_test", "cas_sk_", ""]) {
    test(`is not made with the key "${wrong}"`, () => {
      assert.throws(() => createServerClient({ url: server.url, secretKey: wrong }), TypeError);
    });
  }
});
