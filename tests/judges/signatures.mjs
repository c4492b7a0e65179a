// Signs an agent's requests with http-message-signatures, a library of others, and says how the server answers them.
// Argument: JSON with the server's address, tokens, a tenant, the agent's private key, and `now`, the server's clock.
import { createHash, createPrivateKey, randomBytes } from "node:crypto";
import { createSigner, httpbis } from "http-message-signatures";

const { base, token, lent, tenant, pem, keyId, now } = JSON.parse(process.argv[2]);
const key = createSigner(createPrivateKey(pem), "ed25519", keyId);
const usual = ["@method", "@target-uri", "authorization"];

/** The request as it was signed, changed by `tamper`, and the code of the answer or null. */
async function send(name, expected, options) {
  const { method = "GET", path, body, fields = usual, digest = "sha256", as = lent, tamper } = options;
  const headers = { authorization: `Bearer ${as}` };
  if (as === lent) headers["castellan-tenant"] = tenant;
  if (body) headers["content-type"] = "application/json";
  if (body) {
    const sum = createHash(digest).update(body).digest("base64");
    headers["content-digest"] = `${digest === "sha256" ? "sha-256" : "sha-512"}=:${sum}:`;
  }
  const covered = [...fields, ...(body ? ["content-digest"] : []), ...(as === lent ? ["castellan-tenant"] : [])];
  const signed = await httpbis.signMessage({
    key, name: "castellan-call", fields: covered,
    params: ["created", "expires", "nonce", "alg", "keyid", "tag"],
    paramValues: {
      created: new Date(now * 1000), expires: new Date((now + 60) * 1000), nonce: randomBytes(16).toString("base64url"),
      tag: "castellan",
    },
  }, { method, url: `${base}${path}`, headers });
  const request = { path, body, headers: { ...signed.headers } };
  tamper?.(request);
  const response = await fetch(`${base}${request.path}`, { method, headers: request.headers, body: request.body });
  const text = await response.text();
  const code = text ? JSON.parse(text).code ?? null : null;
  console.log(JSON.stringify(code === expected ? { name, held: true } : { name, held: false, shown: text }));
}

const list = "/v1/records/inside?limit=1&count=exact";
await send("a read", null, { path: list });
await send("a read by authority, path and query", null, {
  path: list, fields: ["@method", "@authority", "@path", "@query", "authorization"],
});
await send("a write, SHA-256", null, { method: "POST", path: "/v1/records/inside", body: '{"slug":"judge-1"}' });
await send("a write, SHA-512", null, {
  method: "POST", path: "/v1/records/inside", body: '{"slug":"judge-2"}', digest: "sha512",
});
await send("its own token", null, { method: "POST", path: "/v1/runs", body: "{}", as: token });
await send("a changed query", "signature_invalid", { path: list, tamper: (request) => { request.path += "0"; } });
await send("a changed body", "content_digest_refused", {
  method: "POST", path: "/v1/records/inside", body: '{"slug":"judge-3"}',
  tamper: (request) => { request.body = '{"slug":"judge-4"}'; },
});
await send("a target that is not covered", "signature_incomplete", {
  path: list, fields: ["@method", "authorization"],
});
console.log(JSON.stringify({ name: "the judge came to its end", held: true }));
