// Sets up the fixture of AuthZEN's certification scenario (section 1) on a running server, through its ordinary
// operations and in sandbox: node authzen-fixture.mjs <url> <operator token>
// Prints {"authorization", "tenant"}: what a harness sends in its Authorization header, and about whom it then asks.
const [url, operator] = process.argv.slice(2);
if (!operator) {
  process.stderr.write("node authzen-fixture.mjs <url> <operator token>\n");
  process.exit(2);
}

async function call(method, path, headers, body) {
  const response = await fetch(new URL(path, url), {
    method, headers: { "Content-Type": "application/json", "Castellan-Environment": "sandbox", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? {} : JSON.parse(text);
}

const bearer = (token) => ({ Authorization: `Bearer ${token}` });
const owner = bearer(operator);
const unique = Date.now().toString(36);

const app = (await call("POST", "/v1/apps", owner, { name: `AuthZEN ${unique}`, owner: "ops" })).id;
const place = `/v1/apps/${app}/environments/sandbox`;
const publishable = {
  "Castellan-Key": (await call("PATCH", place, owner, { native: true })).publishable_key,
};
await call("POST", `/v1/apps/${app}/contract`, owner, {
  contract: {
    castellan: 1, collections: {},
    permissions: { "record.read": "Read.", "record.write": "Write.", "record.delete": "Delete." },
  },
});
const server = bearer((await call("POST", `${place}/keys`, owner, { name: "server" })).secret);
const tenant = (await call("POST", "/v1/tenants", server, { name: `AuthZEN ${unique}` })).id;
const inTenant = `/v1/tenants/${tenant}`;

/** The one-time token in the newest mail to an address; sandbox keeps its mails for developers. */
async function mailed(to) {
  const { items } = await call("GET", `/v1/mailbox?to=${encodeURIComponent(to)}`, owner);
  const { text } = await call("GET", `/v1/mailbox/${items[0].id}`, owner);
  return /token=(\S+)/.exec(text)[1];
}

/** A person who signed up, joined the tenant, and is called by name. */
async function member(name, role) {
  const email = `${name}.${unique}@example.com`;
  const signedUp = await call("POST", "/v1/auth/sign-up", publishable, { email, password: "seven odd violet anvils" });
  await call("POST", "/v1/auth/verify", publishable, { token: await mailed(email) });
  const invitation = await call("POST", `${inTenant}/invitations`, server, { email, role });
  await call("POST", "/v1/invitations/accept", bearer(signedUp.access_token), { invitation_id: invitation.id });
  await call("POST", `${inTenant}/access/names`, server, {
    of: "subject", type: "user", name, user_id: signedUp.user.id,
  });
  return signedUp.user.id;
}

// The first member of a tenant is its owner.
await member("carol", "owner");
const [alice, bob] = [await member("alice", "viewer"), await member("bob", "viewer")];
for (const name of ["record-1", "record-2"])
  await call("POST", `${inTenant}/access/names`, server, { of: "resource", type: "record", name });

const archived = "has(asked.resource.properties.status) && asked.resource.properties.status == 'archived'";
const grants = [
  { user_id: alice, permission: "record.read" },
  { user_id: bob, permission: "record.read" },
  { user_id: alice, permission: "record.write", condition: `!(${archived})` },
  { user_id: bob, permission: "record.write", condition: `asked.resource.id == 'record-2' || (${archived})` },
  {
    user_id: alice, permission: "record.delete",
    condition: "has(asked.action.properties.soft) && asked.action.properties.soft == true",
  },
];
for (const grant of grants) await call("POST", `${inTenant}/grants`, server, grant);

const asks = ["evaluation", "evaluations", "search_subject", "search_resource", "search_action"];
const { secret } = await call("POST", `${place}/keys`, owner, {
  name: "harness", kind: "restricted", tenant_id: tenant, permissions: asks.map((name) => `access.authzen.${name}`),
});
process.stdout.write(JSON.stringify({ authorization: `Bearer ${secret}`, tenant }) + "\n");
