import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { createClient, listAll, type Castellan } from "../src/index.js";
import { dropConnection, json, KEY, problem, Server } from "./server.js";
import { FakeClock, FORM, tabs } from "./tabs.js";

let server: Server;
let clock: FakeClock;
let castellan: Castellan;

beforeEach(async () => {
  server = await Server.start();
  clock = new FakeClock();
  [castellan] = tabs(server, 1, { clock }) as [Castellan];
  await castellan.auth.signIn(FORM);
});
afterEach(() => server.stop());

const last = () => server.seen.at(-1);
const keysSent = (path: string) =>
  new Set(server.seen.filter((seen) => seen.path === path).map((seen) => seen.headers["idempotency-key"]));

describe("a call", () => {
  test("carries the app's key and the user's token", async () => {
    await castellan.me.get();
    assert.equal(last()?.headers["castellan-key"], KEY);
    assert.match(last()?.headers.authorization ?? "", /^Bearer fam-/);
    assert.equal(last()?.headers["idempotency-key"], undefined);
    assert.equal(last()?.headers.cookie, undefined);
  });

  test("sends ids escaped, query, version and body where they belong", async () => {
    await castellan.members.update("ten/1", "mem_1", { role: "admin" }, { ifMatch: 7 });
    assert.equal(last()?.path, "/v1/tenants/ten%2F1/members/mem_1");
    assert.equal(last()?.headers["if-match"], '"7"');
    assert.deepEqual(JSON.parse(last()?.body ?? ""), { role: "admin" });
    await castellan.request("tenants.list", { query: { limit: 2, cursor: "a b" } });
    assert.equal(last()?.path, "/v1/tenants?limit=2&cursor=a+b");
  });

  test("with an id that is missing is not sent", async () => {
    const before = server.seen.length;
    assert.equal((await castellan.members.list("")).error?.code, "missing_parameter");
    assert.equal(server.seen.length, before);
  });

  test("of nobody is not sent", async () => {
    await castellan.auth.signOut();
    const before = server.seen.length;
    assert.equal((await castellan.me.get()).error?.code, "not_signed_in");
    assert.equal(server.seen.length, before);
  });

  test("answered with nothing has no data", async () => {
    server.once("/v1/me/sessions/ses_1", (_, response) => void response.writeHead(204).end());
    assert.deepEqual(await castellan.sessions.revoke("ses_1"), { data: undefined, error: null });
  });
});

describe("an error", () => {
  test("is the server's problem, whole", async () => {
    const errors = [{ pointer: "/name", code: "too_long", detail: "It is too long.", fix: "Use 80 characters." }];
    server.once("/v1/me", (_, response) => problem(response, 422, {
      code: "invalid_body", detail: "One value is wrong.", fix: "Correct it.", errors, decision_id: "dec_1",
    }));
    const { error } = await castellan.me.update({ name: "x" });
    assert.deepEqual(error, {
      type: "about:blank", title: "Refused", status: 422, detail: "One value is wrong.", code: "invalid_body",
      fix: "Correct it.", request_id: "req_1", retryable: false, errors, decision_id: "dec_1",
    });
  });

  test("says which budget has run out", async () => {
    const numbers = { name: "Ours", cap: 9, left: 1 };
    const budget = { id: "bud_1", unit: "tokens", resets_at: null, raised_by: "an admin", ...numbers };
    server.once("/v1/me", (_, response) => problem(response, 402, { code: "budget_paused", budget }));
    assert.deepEqual((await castellan.me.get()).error?.budget, budget);
    server.once("/v1/me", (_, response) => problem(response, 402, { code: "budget_paused", budget: "ours" }));
    assert.equal((await castellan.me.get()).error?.budget, undefined);
  });

  test("without a request id in the body takes it from the header", async () => {
    server.once("/v1/me", (_, response) => json(response, 500, {}, { "Castellan-Request-Id": "req_9" }));
    assert.equal((await castellan.me.get()).error?.request_id, "req_9");
  });

  for (const [status, body] of [[200, "<html>"], [404, "<html>"], [400, "[]"], [418, ""]] as const) {
    test(`is made of a ${status} with ${body === "" ? "nothing" : body}`, async () => {
      server.once("/v1/me", (_, response) => void response.writeHead(status).end(body));
      const { error } = await castellan.me.get();
      assert.equal(error?.code, "unreadable_answer");
      assert.equal(error?.status, status);
    });
  }

  test("is made of an unreachable server", async () => {
    server.stop();
    const { error } = await castellan.me.get();
    assert.equal(error?.code, "network_failure");
    assert.equal(error?.retryable, true);
    assert.match(error?.fix ?? "", /origin/);
  });

  test("is made of a server that does not answer", async () => {
    const impatient = createClient({ url: server.url, key: KEY, clock, timeoutMs: 20 });
    server.once("/v1/auth/reset", () => {});
    assert.equal((await impatient.auth.requestReset("ada@example.com")).error?.code, "timeout");
  });

  test("is made of a cancelled call, which is not tried again", async () => {
    const cancel = new AbortController();
    server.once("/v1/tenants", () => cancel.abort());
    const { error } = await castellan.tenants.create({ name: "Acme" }, { signal: cancel.signal });
    assert.equal(error?.code, "aborted");
    assert.equal(server.count("/v1/tenants"), 1);
  });
});

describe("a retry", () => {
  test("of a write whose answer was lost does it once", async () => {
    server.once("/v1/tenants", server.loseAnswer);
    server.once("/v1/tenants", server.loseAnswer);
    const { data } = await castellan.tenants.create({ name: "Acme" });
    assert.equal(data?.id, "ten_1");
    assert.equal(server.tenantsCreated, 1);
    assert.equal(server.count("/v1/tenants"), 3);
    assert.equal(keysSent("/v1/tenants").size, 1);
  });

  test("is for one call: the next has its own key", async () => {
    await castellan.tenants.create({ name: "Acme" });
    await castellan.tenants.create({ name: "Acme" });
    await castellan.tenants.create({ name: "Acme" }, { idempotencyKey: "mine" });
    assert.equal(keysSent("/v1/tenants").size, 3);
    assert.equal(last()?.headers["idempotency-key"], "mine");
    assert.equal(server.tenantsCreated, 3);
  });

  test("waits as long as the server asks", async () => {
    server.once("/v1/tenants", (_, response) => problem(response, 503, { code: "busy" }, { "Retry-After": "2" }));
    server.once("/v1/tenants", (_, response) => problem(response, 409, { code: "in_flight" }, { "Retry-After": "1" }));
    assert.equal((await castellan.tenants.create({ name: "Acme" })).error, null);
    assert.deepEqual(clock.slept, [2000, 1000]);
  });

  test("understands a date", async () => {
    const date = new Date(clock.now() + 4000).toUTCString();
    server.once("/v1/me", (_, response) => problem(response, 503, { code: "busy" }, { "Retry-After": date }));
    await castellan.me.get();
    assert.deepEqual(clock.slept, [4000]);
  });

  test("does not keep a person waiting for minutes", async () => {
    server.once("/v1/me", (_, response) => problem(response, 503, { code: "busy" }, { "Retry-After": "120" }));
    assert.equal((await castellan.me.get()).error?.code, "busy");
    assert.deepEqual(clock.slept, []);
  });

  test("follows an unknown outcome only where the key makes it safe", async () => {
    const unknown = (path: string) => server.once(path, (_, response) =>
      problem(response, 503, { code: "outcome_unknown" }, { "Retry-After": "1" }));
    unknown("/v1/tenants");
    assert.equal((await castellan.tenants.create({ name: "Acme" })).error, null);
    assert.equal(keysSent("/v1/tenants").size, 1);
    unknown("/v1/auth/sign-up");
    assert.equal((await castellan.auth.signUp(FORM)).error?.code, "outcome_unknown");
    assert.equal(server.count("/v1/auth/sign-up"), 1);
    assert.deepEqual([...keysSent("/v1/auth/sign-up")], [undefined]);
  });

  test("is given up after three tries", async () => {
    for (let attempt = 0; attempt < 5; attempt++) server.once("/v1/me", dropConnection);
    assert.equal((await castellan.me.get()).error?.code, "network_failure");
    assert.equal(server.count("/v1/me"), 3);
  });

  test("is not made of other refusals", async () => {
    for (const status of [400, 403, 404, 409, 429, 500]) {
      const before = server.count("/v1/tenants");
      server.once("/v1/tenants", (_, response) => problem(response, status, { code: "no" }));
      assert.equal((await castellan.tenants.create({ name: "Acme" })).error?.code, "no");
      assert.equal(server.count("/v1/tenants"), before + 1);
    }
  });

  test("is not made of an anonymous write, whose answer is not kept", async () => {
    server.once("/v1/auth/sign-up", dropConnection);
    assert.equal((await castellan.auth.signUp(FORM)).error?.code, "network_failure");
    assert.equal(server.count("/v1/auth/sign-up"), 1);
  });
});

describe("password forms", () => {
  test("sign-up that must not tell says that a mail was sent", async () => {
    await castellan.auth.signOut();
    server.once("/v1/auth/sign-up", (_, response) => json(response, 202, { status: "verification_sent" }));
    assert.deepEqual((await castellan.auth.signUp(FORM)).data, { status: "verification_sent" });
    assert.equal(castellan.auth.signedIn, false);
  });

  test("sign-up in the sandbox signs in", async () => {
    await castellan.auth.signOut();
    server.once("/v1/auth/sign-up", (_, response) =>
      json(response, 201, { ...server.issue("fam-new", 0), user: { id: "usr_2" } }));
    assert.deepEqual((await castellan.auth.signUp(FORM)).data, { status: "signed_in", user: { id: "usr_2" } });
    assert.equal((await castellan.me.get()).error, null);
  });

  test("an answer without tokens signs nobody in", async () => {
    await castellan.auth.signOut();
    server.once("/v1/auth/sign-in", (_, response) => void response.writeHead(200).end());
    assert.equal((await castellan.auth.signIn(FORM)).error?.code, "wrong_answer");
    assert.equal(castellan.auth.signedIn, false);
  });
});

describe("a list", () => {
  const pages = (...answers: object[]) => {
    for (const answer of answers) server.once("/v1/tenants", (_, response) => json(response, 200, answer));
  };
  const walk = async () => {
    const walked: (string | undefined)[] = [];
    for await (const { data, error } of listAll((query) => castellan.tenants.list(query))) {
      walked.push(error === null ? data.id : error.code);
    }
    return walked;
  };

  test("is walked to its end", async () => {
    pages({ items: [{ id: "a" }, { id: "b" }], next_cursor: "2" }, { items: [], next_cursor: "3" },
      { items: [{ id: "c" }], next_cursor: null });
    assert.deepEqual(await walk(), ["a", "b", "c"]);
    assert.equal(last()?.path, "/v1/tenants?limit=200&cursor=3");
  });

  test("that breaks says so and ends", async () => {
    pages({ items: [{ id: "a" }], next_cursor: "2" });
    server.once("/v1/tenants", (_, response) => problem(response, 403, { code: "forbidden" }));
    assert.deepEqual(await walk(), ["a", "forbidden"]);
  });
});

describe("createClient", () => {
  test("reads the environment from the key", () => {
    assert.equal(createClient({ url: "https://c.example/", key: "cas_pk_eu-live_x_y" }).environment, "eu-live");
    const { auth } = createClient({ url: "https://c.example//", key: KEY });
    assert.equal(auth.accountUrl, "https://c.example/sandbox/account");
  });

  test("refuses what can never work", () => {
    assert.throws(() => createClient({ url: "https://c.example", key: "cas_sk_live_x" }), /secret key/);
    assert.throws(() => createClient({ url: "https://c.example", key: "anything" }), /publishable key/);
    assert.throws(() => createClient({ url: "nowhere", key: KEY }), /URL/);
  });
});
