// Judges one environment of a running server with openid-client, a certified OpenID Connect client, and jose.
// Arguments: base address, environment, and JSON of what was registered there. `now` is the server's clock, in seconds.
import * as jose from "jose";
import * as client from "openid-client";
import { Browser } from "./browser.mjs";

const [base, environment, json] = process.argv.slice(2);
const { key, other, secret, callback, signedOut, email, password, now } = JSON.parse(json);
const issuer = `${base}/${environment}`;

/** One line of the verdict; `shown` is what was there instead. */
function check(name, held, shown) {
  console.log(JSON.stringify(held ? { name, held: true } : { name, held: false, shown }));
}

const plainHttp = { execute: [client.allowInsecureRequests] };
const config = await client.discovery(new URL(issuer), key, undefined, client.None(), plainHttp);
config[client.clockSkew] = now - Math.floor(Date.now() / 1000);
const browser = new Browser(callback);

async function departure(extra = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: callback, scope: "openid profile email offline_access", state, nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256", ...extra,
  });
  return { verifier, state, nonce, address };
}

/** Walks through the pages. `seen` lists which were shown. */
async function walk(address, decision = "agree", seen = []) {
  let page = await browser.open(address);
  for (let steps = 0; !page.arrived && steps < 5; steps++) {
    const path = page.address instanceof URL ? page.address.pathname : new URL(page.address).pathname;
    seen.push(path.split("/").at(-1));
    if (path.endsWith("/sign-in")) page = await browser.submit(page, "/sign-in", { email, password });
    else if (path.endsWith("/consent")) page = await browser.submit(page, "/consent", { decision });
    else return { ...page, seen };
  }
  return { ...page, seen };
}

const arrive = (at, left) => client.authorizationCodeGrant(config, at.arrived, {
  pkceCodeVerifier: left.verifier, expectedState: left.state, expectedNonce: left.nonce, idTokenExpected: true,
});

async function post(endpoint, form, headers = {}) {
  const body = new URLSearchParams(form);
  const response = await fetch(`${issuer}/oauth/${endpoint}`, { method: "POST", body, headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text.startsWith("{") ? JSON.parse(text) : text };
}

const refresh = (token, as = key) =>
  post("token", { grant_type: "refresh_token", client_id: as, refresh_token: token });

async function discovery() {
  const metadata = config.serverMetadata();
  check("the issuer is the environment's", metadata.issuer === issuer, metadata);
  check("only S256", metadata.code_challenge_methods_supported.join() === "S256");
  check("only codes", metadata.response_types_supported.join() === "code");
  check("iss is announced", metadata.authorization_response_iss_parameter_supported === true);
  const inserted = await (await fetch(`${base}/.well-known/oauth-authorization-server/${environment}`)).json();
  check("RFC 8414's path answers too", inserted.issuer === issuer, inserted);
  const forged = await fetch(`${issuer}/.well-known/openid-configuration`,
    { headers: { "x-forwarded-host": "evil.test" } });
  check("no header changes the addresses", (await forged.json()).token_endpoint === `${issuer}/oauth/token`);
  return metadata;
}

async function signIn(metadata) {
  const refused = await departure();
  const answer = (await walk(refused.address, "refuse")).arrived;
  check("a refusal is access_denied", answer?.searchParams.get("error") === "access_denied", answer?.href);
  check("a refusal names the issuer", answer?.searchParams.get("iss") === issuer);
  check("a refusal carries the state", answer?.searchParams.get("state") === refused.state);

  const left = await departure();
  const at = await walk(left.address);
  check("consent is asked the first time", at.seen.includes("consent"), at.seen);
  check("the answer names the issuer", at.arrived?.searchParams.get("iss") === issuer, at);
  const tokens = await arrive(at, left);
  check("the id token names the client", tokens.claims().aud === key, tokens.claims());
  check("the id token has the address", tokens.claims().email === email);
  const keys = jose.createRemoteJWKSet(new URL(metadata.jwks_uri));
  const { payload, protectedHeader } = await jose.jwtVerify(tokens.access_token, keys, {
    issuer, typ: "at+jwt", currentDate: new Date(now * 1000),
  });
  check("the access token is for one app", payload.aud.startsWith(`castellan:${environment}:app_`), payload);
  check("the access token is ES256", protectedHeader.alg === "ES256");
  check("the access token lives ten minutes", payload.exp - payload.iat === 600 && tokens.expires_in <= 600);
  const who = await client.fetchUserInfo(config, tokens.access_token, payload.sub);
  check("userinfo says who", who.email === email, who);
  return tokens;
}

async function refreshing(tokens) {
  const first = await client.refreshTokenGrant(config, tokens.refresh_token);
  const again = await client.refreshTokenGrant(config, tokens.refresh_token);
  check("a lost answer is given again", first.refresh_token === again.refresh_token);
  const many = await Promise.all([1, 2, 3, 4, 5].map(() => refresh(first.refresh_token)));
  check("five at once get one successor", new Set(many.map((m) => m.body.refresh_token)).size === 1,
    many.map((m) => m.body));
  const current = many[0].body.refresh_token;
  const foreign = await refresh(current, other);
  check("another client cannot refresh",
    foreign.status === 400 && foreign.body.error === "invalid_grant", foreign.body);
  const changed = await refresh(`${current}x`);
  check("a changed token is refused", changed.body.error === "invalid_grant", changed.body);
  check("neither harmed it", (await refresh(current)).status === 200);
  const old = await refresh(tokens.refresh_token);
  check("an old token is refused", old.status === 400 && old.body.error === "invalid_grant", old.body);
  check("and ends the session", (await refresh(current)).body.error === "invalid_grant");
}

async function codes() {
  const left = await departure();
  const at = await walk(left.address);
  check("consent is remembered", at.seen.length === 0, at.seen);
  const grant = {
    grant_type: "authorization_code", client_id: key, redirect_uri: callback, code_verifier: left.verifier,
    code: at.arrived.searchParams.get("code"),
  };
  const wrong = {
    "another client": { client_id: other },
    "another verifier": { code_verifier: client.randomPKCECodeVerifier() },
    "another redirect address": { redirect_uri: `${callback}/` },
    "another code": { code: "x".repeat(43) },
  };
  for (const [name, change] of Object.entries(wrong)) {
    const answer = await post("token", { ...grant, ...change });
    check(`${name} is invalid_grant`, answer.status === 400 && answer.body.error === "invalid_grant", answer.body);
  }
  const { code_verifier: _, ...without } = grant;
  check("no verifier is refused", (await post("token", without)).status === 400);
  const good = await post("token", grant);
  check("the code is still good", good.status === 200, good.body);
  check("tokens are not cached", good.headers.get("cache-control")?.includes("no-store"));
  const replay = await post("token", grant);
  check("a replay is invalid_grant", replay.body.error === "invalid_grant", replay.body);
  check("errors link nowhere", replay.body.error_uri === undefined);
  const after = await post("introspect", { client_id: key, token: good.body.access_token });
  check("a replay ends the session", after.body.active === false, after.body);
  check("and its refresh token", (await refresh(good.body.refresh_token)).body.error === "invalid_grant");

  for (let round = 1; round <= 5; round++) {
    const racing = await departure();
    const code = (await walk(racing.address)).arrived.searchParams.get("code");
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(
      () => post("token", { ...grant, code, code_verifier: racing.verifier })));
    const won = answers.filter((answer) => answer.status === 200);
    check(`race ${round}: one at most`, won.length <= 1 && answers.every(
      (answer) => answer.status === 200 || answer.body.error === "invalid_grant"), answers.map((a) => a.body));
    const tokens = won[0]?.body;
    check(`race ${round}: what it opened has ended`,
      tokens === undefined || (await refresh(tokens.refresh_token)).body.error === "invalid_grant");
  }
}

async function refusals() {
  const elsewhere = environment === "live" ? "sandbox" : "live";
  const onOurPage = {
    "an unregistered redirect address": { redirect_uri: `${callback}2` },
    "another port": { redirect_uri: callback.replace(/:\d+/, ":10") },
    "a redirect address with a query": { redirect_uri: `${callback}?x=1` },
    "an unknown client": { client_id: "cas_pk_x" },
    "a client of the other environment": { client_id: key.replace(environment, elsewhere) },
  };
  for (const [name, change] of Object.entries(onOurPage)) {
    const at = await walk((await departure(change)).address);
    check(`${name} is refused on our page`, at.status === 400 && !at.arrived, at);
  }
  const told = {
    "a plain challenge": [{ code_challenge_method: "plain" }, "invalid_request"],
    "the implicit flow": [{ response_type: "token" }, "unsupported_response_type"],
    "an unknown scope": [{ scope: "openid nonsense" }, "invalid_scope"],
    "form_post": [{ response_mode: "form_post" }, "invalid_request"],
  };
  for (const [name, [change, error]] of Object.entries(told)) {
    const at = await walk((await departure(change)).address);
    check(`${name} is ${error}`, at.arrived?.searchParams.get("error") === error, at.arrived?.href ?? at);
  }
  const { address } = await departure();
  address.searchParams.delete("code_challenge");
  address.searchParams.delete("code_challenge_method");
  const at = await walk(address);
  check("no PKCE is invalid_request", at.arrived?.searchParams.get("error") === "invalid_request", at);
  const nobody = await new Browser(callback).open((await departure({ prompt: "none" })).address);
  check("prompt=none says login_required", nobody.arrived?.searchParams.get("error") === "login_required", nobody);
  const again = await walk((await departure({ prompt: "login" })).address);
  check("prompt=login asks again, once", again.seen.join() === "sign-in" && again.arrived, again.seen);
  const password = await post("token", { grant_type: "password", client_id: key, username: "a", password: "b" });
  check("no password grant", password.body.error === "unsupported_grant_type", password.body);
  const large = await refresh("x".repeat(200_000));
  check("a large form is refused", large.status === 413 || large.status === 400, large.status);
  const nul = await post("token", { grant_type: "refresh_token", client_id: `${key}\0`, refresh_token: "\0" });
  check("a NUL is refused", nul.status === 400 || nul.status === 401, nul.status);
}

async function looking() {
  const left = await departure();
  const tokens = await arrive(await walk(left.address), left);
  const own = await post("introspect", { client_id: key, token: tokens.access_token });
  check("a client asks about its own token", own.body.active === true, own.body);
  const foreign = await post("introspect", { client_id: other, token: tokens.access_token });
  check("another client learns nothing", foreign.body.active !== true, foreign.body);
  const basic = { authorization: `Basic ${Buffer.from(`${encodeURIComponent(key)}:${secret}`).toString("base64")}` };
  const server = await post("introspect", { token: tokens.access_token }, basic);
  check("a server asks with its secret key", server.body.active === true, server.body);
  const bearer = await post("introspect", { token: tokens.refresh_token }, { authorization: `Bearer ${secret}` });
  check("about a refresh token too", bearer.body.active === true, bearer.body);
  const wrong = await post("introspect", { token: tokens.access_token }, { authorization: `Bearer ${secret}x` });
  check("a wrong secret is invalid_client", wrong.status === 401 && wrong.body.error === "invalid_client", wrong.body);
  const elsewhere = environment === "live" ? "sandbox" : "live";
  const crossed = await fetch(`${base}/${elsewhere}/oauth/introspect`, {
    method: "POST", body: new URLSearchParams({ token: tokens.access_token }), headers: basic,
  });
  check("a key of one environment is none in the other", crossed.status === 401, crossed.status);
  const nonsense = await post("revoke", { client_id: key, token: "nonsense" });
  check("revoking nonsense is no error", nonsense.status === 200, nonsense.body);
  await post("revoke", { client_id: other, token: tokens.refresh_token });
  check("another client cannot revoke",
    (await post("introspect", { client_id: key, token: tokens.access_token })).body.active === true);
  await client.tokenRevocation(config, tokens.refresh_token);
  check("revoked, the session is over", (await refresh(tokens.refresh_token)).body.error === "invalid_grant");
  const ended = await post("introspect", { client_id: key, token: tokens.access_token });
  check("and its access token", ended.body.active === false, ended.body);
}

async function leaving() {
  const left = await departure();
  const tokens = await arrive(await walk(left.address), left);
  const evil = await browser.open(client.buildEndSessionUrl(config, { post_logout_redirect_uri: "http://evil.test/" }));
  check("a sign-out leads nowhere else", evil.status === 400, evil);
  const asked = await browser.open(`${issuer}/oauth/logout`);
  check("a sign-out without a hint asks first", asked.html.includes("Sign out?"), asked.html);
  const response = await browser.request(client.buildEndSessionUrl(config, {
    post_logout_redirect_uri: signedOut, id_token_hint: tokens.id_token, state: "z",
  }));
  check("a sign-out leads back to the app", response.headers.get("location") === `${signedOut}?state=z`,
    `${response.status} ${response.headers.get("location")}`);
  check("and ends the app's session", (await refresh(tokens.refresh_token)).body.error === "invalid_grant");
  const again = await departure();
  const others = await arrive(await walk(again.address), again);
  await client.tokenRevocation(config, others.refresh_token);
  const late = await browser.request(client.buildEndSessionUrl(config, {
    post_logout_redirect_uri: signedOut, id_token_hint: others.id_token,
  }));
  check("a session that was revoked before is signed out too", late.headers.get("location") === signedOut,
    `${late.status} ${late.headers.get("location")}`);
  const next = await walk((await departure()).address);
  check("then the password is needed", next.seen.includes("sign-in"), next.seen);
}

const metadata = await discovery();
await refreshing(await signIn(metadata));
await codes();
await refusals();
await looking();
await leaving();
check("the judge came to its end", true);
process.exit(0);
