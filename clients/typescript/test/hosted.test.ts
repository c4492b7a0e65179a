import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { Castellan, SignInOptions } from "../src/index.js";
import { KEY, Server } from "./server.js";
import { FakeClock, MINUTE_MS, tabs } from "./tabs.js";

const redirectUri = "https://app.example.com/callback";
let server: Server;
let clock: FakeClock;
let castellan: Castellan;

beforeEach(async () => {
  server = await Server.start();
  clock = new FakeClock();
  [castellan] = tabs(server, 1, { clock }) as [Castellan];
});
afterEach(() => server.stop());

async function depart(options: SignInOptions = {}): Promise<string> {
  const { data, error } = await castellan.auth.signInWithRedirect({ redirectUri, ...options });
  assert.equal(error, null);
  return data?.url ?? "";
}

describe("hosted sign-in", () => {
  test("asks for a code with S256, state and nonce", async () => {
    const address = new URL(await depart());
    const asked = Object.fromEntries(address.searchParams);
    assert.equal(address.origin + address.pathname, `${server.url}/sandbox/oauth/authorize`);
    assert.equal(asked["response_type"], "code");
    assert.equal(asked["client_id"], KEY);
    assert.equal(asked["redirect_uri"], redirectUri);
    assert.equal(asked["code_challenge_method"], "S256");
    for (const name of ["code_challenge", "state", "nonce"]) assert.match(asked[name] ?? "", /^[\w-]{43}$/);
  });

  test("exchanges the code and returns to where it left", async () => {
    const back = server.approve(await depart({ returnTo: "/tenants/ten_1?tab=members" }));
    assert.deepEqual(await castellan.auth.handleCallback(back), {
      data: { returnTo: "/tenants/ten_1?tab=members" }, error: null,
    });
    assert.equal((await castellan.auth.getUser()).data?.email, "ada@example.com");
  });

  test("refreshes and revokes at the OAuth endpoints", async () => {
    await castellan.auth.handleCallback(server.approve(await depart()));
    clock.advance(11 * MINUTE_MS);
    assert.equal((await castellan.me.get()).error, null);
    assert.equal(server.count("/sandbox/oauth/token"), 2);
    assert.deepEqual(await castellan.auth.signOut(), { data: undefined, error: null });
    assert.equal([...server.families.values()][0]?.revoked, true);
  });

  test("ends at Castellan too, with the identity token of the sign-in, also after a refresh", async () => {
    await castellan.auth.handleCallback(server.approve(await depart()));
    clock.advance(11 * MINUTE_MS);
    await castellan.me.get();
    const { data } = await castellan.auth.signOutWithRedirect({ redirectUri: "https://app.example.com/" });
    const address = new URL(data?.url ?? "");
    assert.equal(address.origin + address.pathname, `${server.url}/sandbox/oauth/logout`);
    assert.equal(address.searchParams.get("client_id"), KEY);
    assert.equal(address.searchParams.get("post_logout_redirect_uri"), "https://app.example.com/");
    assert.match(address.searchParams.get("id_token_hint") ?? "", /^e30\./);
    assert.equal(castellan.auth.signedIn, false);
    assert.equal([...server.families.values()][0]?.revoked, true);
  });

  test("ends at Castellan where nobody is signed in, and where there is no page to come back to", async () => {
    const { data } = await castellan.auth.signOutWithRedirect();
    assert.deepEqual(Object.fromEntries(new URL(data?.url ?? "").searchParams), { client_id: KEY });
  });

  test("handles a callback that is handled twice, as in React's strict mode", async () => {
    const back = server.approve(await depart());
    const both = await Promise.all([castellan.auth.handleCallback(back), castellan.auth.handleCallback(back)]);
    assert.deepEqual(both.map((answer) => answer.error), [null, null]);
    assert.equal(server.count("/sandbox/oauth/token"), 1);
  });

  test("keeps the sign-ins of two tabs apart", async () => {
    const first = await depart({ returnTo: "/first" });
    const second = await depart({ returnTo: "/second" });
    assert.equal((await castellan.auth.handleCallback(server.approve(first))).data?.returnTo, "/first");
    assert.equal((await castellan.auth.handleCallback(server.approve(second))).data?.returnTo, "/second");
  });

  test("passes on a refusal of the sign-in page", async () => {
    const state = new URL(await depart()).searchParams.get("state");
    const { error } = await castellan.auth.handleCallback(
      `${redirectUri}?error=access_denied&error_description=Not+today&state=${state}`);
    assert.equal(error?.code, "access_denied");
    assert.equal(error?.detail, "Not today");
  });

  for (const returnTo of ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
    test(`does not return to ${returnTo}`, async () => {
      const back = server.approve(await depart({ returnTo }));
      assert.equal((await castellan.auth.handleCallback(back)).data?.returnTo, "/");
    });
  }
});

describe("an answer that is not ours", () => {
  const refused = async (address: string, code: string) => {
    assert.equal((await castellan.auth.handleCallback(address)).error?.code, code);
    assert.equal(castellan.auth.signedIn, false);
  };

  test("with an unknown state", async () => {
    const back = new URL(server.approve(await depart()));
    back.searchParams.set("state", "planted");
    await refused(back.href, "unknown_state");
    assert.equal(server.count("/sandbox/oauth/token"), 0);
  });

  test("with a state that was used before", async () => {
    const back = server.approve(await depart());
    await castellan.auth.handleCallback(back);
    await castellan.auth.signOut();
    await refused(`${back}&again`, "unknown_state");
  });

  test("with a state from too long ago", async () => {
    const back = server.approve(await depart());
    clock.advance(61 * MINUTE_MS);
    await refused(back, "unknown_state");
  });

  test("from another issuer", async () => {
    await refused(server.approve(await depart(), "https://evil.example/sandbox"), "wrong_answer");
    assert.equal(server.count("/sandbox/oauth/token"), 0);
  });

  test("with a code that was not made for this verifier", async () => {
    const theirs = new URL(server.approve(await depart()));
    const ours = new URL(server.approve(await depart()));
    ours.searchParams.set("code", theirs.searchParams.get("code") ?? "");
    await refused(ours.href, "invalid_grant");
  });

  test("with an identity token of another sign-in", async () => {
    server.idToken.nonce = "planted";
    await refused(server.approve(await depart()), "wrong_answer");
  });

  test("with an identity token of another issuer", async () => {
    server.idToken.issuer = "https://evil.example";
    await refused(server.approve(await depart()), "wrong_answer");
  });

  test("that is no address at all", () => refused("", "wrong_answer"));
});
