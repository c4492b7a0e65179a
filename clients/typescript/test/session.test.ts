import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { memoryStorage, type Castellan, type Locks, type SessionChange } from "../src/index.js";
import { leases } from "../src/locks.js";
import { systemClock } from "../src/wire.js";
import { dropConnection, problem, Server } from "./server.js";
import { exclusiveLocks, FakeClock, FORM, MINUTE_MS, tabs } from "./tabs.js";

let server: Server;
let clock: FakeClock;
const refreshes = () => server.count("/v1/auth/refresh");

beforeEach(async () => {
  server = await Server.start();
  clock = new FakeClock();
});
afterEach(() => server.stop());

async function signedInTabs(count: number, locks: Locks = exclusiveLocks()): Promise<[Castellan, ...Castellan[]]> {
  const opened = tabs(server, count, { clock, locks }) as [Castellan, ...Castellan[]];
  assert.equal((await opened[0].auth.signIn(FORM)).error, null);
  return opened;
}

/** The first token of the first session, as the server writes them. */
const tokenOf = (generation: number) => `${[...server.families.keys()][0]}/${generation}`;

describe("several tabs", () => {
  const burst = async (opened: Castellan[]) => {
    clock.advance(11 * MINUTE_MS);
    return Promise.all(opened.flatMap((tab) => [tab.me.get(), tab.me.get(), tab.me.get()]));
  };

  test("all find the token ended, and one refresh serves them", async () => {
    const answers = await burst(await signedInTabs(6));
    assert.deepEqual(answers.map((answer) => answer.error), Array(18).fill(null));
    assert.equal(refreshes(), 1);
  });

  test("take turns by leases where there are no Web Locks", async () => {
    const storage = memoryStorage();
    const opened = tabs(server, 4, { clock, storage, locks: leases(storage, systemClock) });
    await opened[0]?.auth.signIn(FORM);
    const answers = await burst(opened);
    assert.deepEqual(answers.map((answer) => answer.error), Array(12).fill(null));
    assert.equal(refreshes(), 1);
  });

  test("would be caught by this server if they did not take turns", async () => {
    const answers = await burst(await signedInTabs(6, { request: (_, work) => work() }));
    assert.ok(refreshes() > 1);
    assert.ok(answers.some((answer) => answer.error !== null));
  });

  test("survive without any lock when the server has its grace", async () => {
    server.grace = true;
    const opened = await signedInTabs(6, { request: (_, work) => work() });
    await burst(opened);
    assert.ok(opened.every((tab) => tab.auth.signedIn));
    assert.equal((await opened[3]?.me.get())?.error, null);
  });

  test("stay whole over many rounds of rotation", async () => {
    const opened = await signedInTabs(4);
    for (let round = 1; round <= 10; round++) {
      const answers = await burst(opened);
      assert.ok(answers.every((answer) => answer.error === null), `round ${round}`);
      assert.equal(refreshes(), round);
    }
  });

  test("use the token that another tab got, without asking", async () => {
    const [first, second] = await signedInTabs(2);
    clock.advance(11 * MINUTE_MS);
    await first.me.get();
    await second?.me.get();
    assert.equal(refreshes(), 1);
    assert.equal(server.seen.at(-1)?.headers.authorization, `Bearer ${tokenOf(1)}/access`);
  });

  test("hear of sign-in, refresh and sign-out", async () => {
    const [first, second] = tabs(server, 2, { clock }) as [Castellan, Castellan];
    const heard: SessionChange[] = [];
    second.auth.onChange((change) => heard.push(change));
    await first.auth.signIn(FORM);
    clock.advance(11 * MINUTE_MS);
    await first.me.get();
    await first.auth.signOut();
    assert.deepEqual(heard, ["signed_in", "refreshed", "signed_out"]);
    assert.equal(second.auth.signedIn, false);
    assert.equal([...server.families.values()][0]?.revoked, true);
  });
});

describe("refresh", () => {
  test("happens ahead of the end", async () => {
    const [tab] = await signedInTabs(1);
    clock.advance(8 * MINUTE_MS);
    await tab.me.get();
    assert.equal(refreshes(), 0);
    clock.advance(1.5 * MINUTE_MS);
    await tab.me.get();
    assert.equal(refreshes(), 1);
  });

  test("that fails ahead of the end leaves the token in hand to work", async () => {
    const [tab] = await signedInTabs(1);
    clock.advance(9.5 * MINUTE_MS);
    for (let attempt = 0; attempt < 3; attempt++) server.once("/v1/auth/refresh", dropConnection);
    assert.equal((await tab.me.get()).error, null);
    assert.equal(refreshes(), 3);
  });

  test("that is refused for good signs out everywhere", async () => {
    const [first, second] = await signedInTabs(2);
    const heard: SessionChange[] = [];
    second?.auth.onChange((change) => heard.push(change));
    for (const family of server.families.values()) family.revoked = true;
    clock.advance(11 * MINUTE_MS);
    const { error } = await first.me.get();
    assert.equal(error?.code, "session_ended");
    assert.ok(error?.fix);
    assert.equal(second?.auth.signedIn, false);
    assert.deepEqual(heard, ["signed_out"]);
  });

  test("that meets a broken network or server signs nobody out", async () => {
    const [tab] = await signedInTabs(1);
    clock.advance(11 * MINUTE_MS);
    for (let attempt = 0; attempt < 3; attempt++) server.once("/v1/auth/refresh", dropConnection);
    assert.equal((await tab.me.get()).error?.code, "network_failure");
    server.once("/v1/auth/refresh", (_, response) => void response.writeHead(502).end("<html>Bad gateway</html>"));
    assert.equal((await tab.me.get()).error?.code, "unreadable_answer");
    server.once("/v1/auth/refresh", (_, response) => problem(response, 401, { code: "key_unknown" }));
    assert.equal((await tab.me.get()).error?.code, "key_unknown");
    assert.equal(tab.auth.signedIn, true);
    assert.equal((await tab.me.get()).error, null);
  });

  test("whose answer is lost is asked again, and gets the same successor", async () => {
    server.grace = true;
    const [tab] = await signedInTabs(1);
    clock.advance(11 * MINUTE_MS);
    server.once("/v1/auth/refresh", server.loseAnswer);
    assert.equal((await tab.me.get()).error, null);
    assert.equal(server.seen.at(-1)?.headers.authorization, `Bearer ${tokenOf(1)}/access`);
  });

  test("that is refused because another tab was quicker adopts what it got", async () => {
    const [slow, quick] = await signedInTabs(2, { request: (_, work) => work() });
    clock.advance(11 * MINUTE_MS);
    let release = () => {};
    const arrived = new Promise<void>((resolve) => {
      server.once("/v1/auth/refresh", (_, response) => {
        release = () => problem(response, 401, { code: "refresh_refused" });
        resolve();
      });
    });
    const call = slow.me.get();
    await arrived;
    assert.equal((await quick?.me.get())?.error, null);
    release();
    assert.equal((await call).error, null);
    assert.equal(slow.auth.signedIn, true);
  });

  test("follows a 401, once", async () => {
    const [tab] = await signedInTabs(1);
    server.killAccessToken(`${tokenOf(0)}/access`);
    assert.equal((await tab.me.get()).error, null);
    assert.equal(refreshes(), 1);

    for (let attempt = 0; attempt < 2; attempt++) {
      server.once("/v1/me", (_, response) => problem(response, 401, { code: "step_up_needed" }));
    }
    assert.equal((await tab.me.get()).error?.code, "step_up_needed");
    assert.equal(refreshes(), 2);
    assert.equal(tab.auth.signedIn, true);
  });

  test("does not bring back a session that was ended meanwhile", async () => {
    const [first, second] = await signedInTabs(2);
    clock.advance(11 * MINUTE_MS);
    const refresh = server.hold("/v1/auth/refresh");
    const call = first.me.get();
    await refresh.arrived;
    await second?.auth.signOut();
    refresh.release();
    assert.equal((await call).error?.code, "session_ended");
    assert.equal(first.auth.signedIn, false);
  });

  test("does not repeat one user's call as another", async () => {
    const [first, second] = await signedInTabs(2);
    clock.advance(11 * MINUTE_MS);
    const refresh = server.hold("/v1/auth/refresh");
    const call = first.tenants.create({ name: "Ada's" });
    await refresh.arrived;
    await second?.auth.signIn({ ...FORM, email: "grace@example.com" });
    refresh.release();
    assert.equal((await call).error?.code, "session_ended");
    assert.equal(server.tenantsCreated, 0);
    assert.equal((await second?.me.get())?.error, null);
  });
});

describe("a wrong clock", () => {
  for (const hours of [-30, 30]) {
    test(`${hours} hours off the server's does no harm`, async () => {
      clock.advance(hours * 60 * MINUTE_MS);
      const [tab] = await signedInTabs(1);
      await tab.me.get();
      assert.equal(refreshes(), 0);
    });
  }

  test("set back after sign-in leads to a refresh, not to trust", async () => {
    const [tab] = await signedInTabs(1);
    clock.advance(-60 * MINUTE_MS);
    assert.equal((await tab.me.get()).error, null);
    assert.equal(refreshes(), 1);
  });
});

test("a stored session that cannot be read is none", async () => {
  const storage = memoryStorage();
  storage.setItem("castellan:cas_pk_sandbox_test", "{half");
  const [tab] = tabs(server, 1, { storage });
  assert.equal(tab?.auth.signedIn, false);
  assert.deepEqual(await tab?.auth.getUser(), { data: null, error: null });
});

test("a lock that is taken away is an error that may be tried again, not a sign-out", async () => {
  const [tab] = await signedInTabs(1, { request: () => Promise.reject(new DOMException("stolen", "AbortError")) });
  clock.advance(11 * MINUTE_MS);
  const { error } = await tab.me.get();
  assert.equal(error?.code, "interrupted");
  assert.equal(error?.retryable, true);
  assert.equal(tab.auth.signedIn, true);
});
