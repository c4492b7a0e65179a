import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { createClient, memoryStorage, type Castellan, type SessionStorage } from "../src/index.js";
import { json, KEY, problem, Server } from "./server.js";
import { exclusiveLocks, FakeClock, FORM, MINUTE_MS, tabs } from "./tabs.js";

const TOKEN = "cas_im_test";
let server: Server;
let clock: FakeClock;
let storage: SessionStorage;
let theirs: Castellan;

beforeEach(async () => {
  server = await Server.start();
  clock = new FakeClock();
  storage = memoryStorage();
  const [own] = tabs(server, 1, { clock, storage }) as [Castellan];
  await own.auth.signIn(FORM);
  theirs = client(TOKEN);
});
afterEach(() => server.stop());

const client = (impersonation: string) =>
  createClient({ url: server.url, key: KEY, impersonation, storage, clock, locks: exclusiveLocks() });
const tenants = (items: unknown[] = []) =>
  server.once("/v1/tenants", (_, response) => json(response, 200, { items, next_cursor: null }));

describe("who looks as a user does", () => {
  test("shows the token and the app's key, however late it is, and renews nothing", async () => {
    for (const minutes of [0, 9, 4]) {
      clock.advance(minutes * MINUTE_MS);
      tenants();
      assert.equal((await theirs.tenants.list()).error, null);
      assert.equal(server.seen.at(-1)?.headers.authorization, `Bearer ${TOKEN}`);
      assert.equal(server.seen.at(-1)?.headers["castellan-key"], KEY);
    }
    assert.equal(theirs.auth.signedIn, true);
    assert.equal(server.count("/v1/auth/refresh"), 0);
  });

  test("leaves the session of this browser as it is", async () => {
    tenants();
    await theirs.tenants.list();
    const [own] = tabs(server, 1, { clock, storage }) as [Castellan];
    await theirs.auth.signOut();
    assert.equal(theirs.auth.signedIn, false);
    assert.equal(own.auth.signedIn, true);
    assert.equal((await own.me.get()).error, null);
    assert.match(server.seen.at(-1)?.headers.authorization ?? "", /^Bearer fam-/);
  });

  test("hears that it has ended, once the server says so, and is signed out", async () => {
    const changes: string[] = [];
    theirs.auth.onChange((change) => changes.push(change));
    server.once("/v1/tenants", (_, response) => problem(response, 401, { code: "credential_invalid" }));
    const { error } = await theirs.tenants.list();
    assert.equal(error?.code, "session_ended");
    assert.match(error?.detail ?? "", /impersonation has ended/);
    assert.equal(theirs.auth.signedIn, false);
    assert.deepEqual(changes, ["signed_out"]);
    assert.equal((await theirs.tenants.list()).error?.code, "not_signed_in");
  });

  test("hears what the server refuses", async () => {
    server.once("/v1/tenants", (_, response) => problem(response, 403, { code: "impersonation_reads_only" }));
    assert.equal((await theirs.tenants.create({ name: "Acme" })).error?.code, "impersonation_reads_only");
  });

  for (const wrong of ["cas_op_test", "cas_im_", ""]) {
    test(`is not made with the token "${wrong}"`, () => assert.throws(() => client(wrong), TypeError));
  }
});
