import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createServerClient, type Castellan, type Result } from "../src/index.js";
import type { Collections, TaskInsert } from "./generated/castellan-types.js";
import { RealServer } from "./real.js";

let server: RealServer | undefined;
let ada: Castellan<Collections>;
let eve: Castellan<Collections>;
let tenant: string;
let project: string;

before(async () => {
  server = await RealServer.start();
  ada = await server.person("ada");
  eve = await server.person("eve");
  tenant = must(await ada.tenants.create({ name: "Acme" })).id;
  const website = { name: "Website", slug: "web", token: "s3cret" };
  project = must(await ada.tenant(tenant).from("projects").create(website)).id;
});
after(() => server?.stop());

function started(): RealServer {
  if (server === undefined) throw new Error("The server did not start.");
  return server;
}

function must<Data>({ data, error }: Result<Data>): Data {
  if (error !== null) throw new Error(`${error.code}: ${error.detail} ${JSON.stringify(error.errors)}`);
  return data;
}

const tasks = () => ada.tenant(tenant).from("tasks");
const task = async (title: string, more: Partial<TaskInsert> = {}) =>
  must(await tasks().create({ title, project_id: project, ...more }));

describe("a record on the server", () => {
  test("has what the types say, and null where nothing is set", async () => {
    const made = await task("Typed", { place: { city: "Berlin", spot: { lat: 52.5 } }, labels: ["red"] });
    const { id, tenant_id, owner_id, version, created_at, updated_at, ...fields } = made;
    assert.match(id, /^rec_/);
    assert.equal(tenant_id, tenant);
    assert.equal(owner_id, must(await ada.me.get()).id);
    assert.equal(version, 1);
    assert.equal(created_at, updated_at);
    assert.deepEqual(fields, {
      title: "Typed", status: "open", rank: null, due_at: null, urgent: null, labels: ["red"], pair: null,
      place: { city: "Berlin", spot: { lat: 52.5 } }, extra: null, choice: null, anything: null, project_id: project,
    });
    assert.deepEqual(must(await tasks().get(id)), made);
    assert.deepEqual(must(await tasks().get(id, { select: ["title"] })), { id, title: "Typed" });
  });

  test("is patched, replaced, deleted, and refused where another was faster", async () => {
    const { id, version } = await task("Patched", { rank: 1, place: { city: "Berlin", spot: { lat: 1 } } });
    const patched = must(await tasks().update(id, { rank: null, place: { city: null } }, { ifMatch: version }));
    assert.deepEqual([patched.rank, patched.place, patched.version], [null, { spot: { lat: 1 } }, 2]);
    assert.equal((await tasks().update(id, { rank: 3 }, { ifMatch: version })).error?.code, "version_conflict");
    assert.equal(must(await tasks().replace(id, { title: "Replaced", status: "done" })).place, null);
    const versions = must(await tasks().history(id)).items;
    assert.deepEqual(versions.map((one) => [one.version, one.data.title, one.ended_by]),
      [[2, "Patched", "records.replace"], [1, "Patched", "records.update"]]);
    must(await tasks().delete(id));
    assert.equal((await tasks().get(id)).error?.code, "not_found");
  });

  test("is upserted on a unique key, and its secret is never shown", async () => {
    const projects = ada.tenant(tenant).from("projects");
    const merged = must(await projects.upsert({ name: "Website 2", slug: "web" }, { on: ["slug"] }));
    assert.equal(merged.id, project);
    assert.equal(merged.name, "Website 2");
    assert.equal(JSON.stringify(merged).includes("token"), false);
    assert.equal((await projects.create({ name: "Other", slug: "web" })).error?.code, "unique_taken");
  });

  test("is refused with a pointer to what is wrong", async () => {
    const { error } = await tasks().create({ title: "x".repeat(201), project_id: project });
    assert.equal(error?.code, "input_invalid");
    assert.equal(error?.errors[0]?.pointer, "/title");
    const lost = await tasks().create({ title: "x", project_id: "rec_01k00000000000000000000000" });
    assert.equal(lost.error?.code, "reference_missing");
  });

  test("lies in a workspace, wants its version, and comes back after it was deleted", async () => {
    const workspace = must(await ada.workspaces.create(tenant, { name: "Research" })).id;
    const notes = ada.tenant(tenant).workspace(workspace).from("notes");
    assert.equal((await ada.tenant(tenant).from("notes").create({ text: "x" })).error?.code, "workspace_required");
    const note = must(await notes.create({ text: "Kept" }));
    assert.equal(note.workspace_id, workspace);
    assert.equal((await notes.delete(note.id)).error?.code, "if_match_required");
    must(await notes.delete(note.id, { ifMatch: note.version }));
    assert.deepEqual(must(await notes.list()).items, []);
    assert.equal(must(await notes.restore(note.id)).text, "Kept");
  });
});

describe("a list on the server", () => {
  test("is filtered and sorted as it was asked for, in an address and in a body", async () => {
    await task("List a", { rank: 1, urgent: true, place: { city: "Bern" }, due_at: "2030-01-01T00:00:00Z" });
    await task("List b", { rank: 2, status: "doing", place: { city: "berlin" } });
    await task("List c", { rank: 3, status: "done" });
    const lists: [Parameters<ReturnType<typeof tasks>["list"]>[0], string][] = [
      [{ filter: { title: { prefix: "List" }, status: { in: ["open", "doing"] } }, sort: "-rank" }, "ba"],
      [{ filter: { title: { iprefix: "list" }, "place.city": { iprefix: "BER" } }, sort: "rank" }, "ab"],
      [{ filter: { and: [{ title: { contains: "List" } }, { not: { rank: { lt: 3 } } }] } }, "c"],
      [{ filter: { title: { prefix: "List" }, or: [{ urgent: true }, { status: "done" }] }, sort: ["title"] }, "ac"],
      [{ filter: { due_at: { lt: "2031-01-01T00:00:00Z" } } }, "a"],
      [{ filter: { title: { prefix: "List" }, urgent: null }, sort: "-title" }, "cb"],
      [{ where: "record.title.startsWith('List') && record.rank > 1", sort: "-rank" }, "cb"],
    ];
    for (const [query, expected] of lists) {
      for (const page of [must(await tasks().list(query)), must(await tasks().query(query))]) {
        assert.equal(page.items.map((one) => one.title.at(-1)).join(""), expected, JSON.stringify(query));
      }
    }
  });

  test("is counted where that is asked for, and walked to its end", async () => {
    const items = Array.from({ length: 205 }, (_, i) => ({
      op: "create" as const, record: { title: `Walk ${i}`, project_id: project },
    }));
    assert.equal(must(await tasks().bulk(items)).done, 205);
    const page = must(await tasks().list({ filter: { title: { prefix: "Walk" } }, limit: 1, count: "exact" }));
    assert.equal(page.count, 205);
    assert.equal("withheld" in page, false, "more follows");
    const seen = new Set<string>();
    for await (const { data } of tasks().all({ filter: { title: { prefix: "Walk" } }, select: ["title"] })) {
      seen.add(data?.title ?? "");
    }
    assert.equal(seen.size, 205);
  });

  test("with a wrong item in a bulk call keeps all or those that fit", async () => {
    const wrong = [
      { op: "create", record: { title: "Bulk" } }, { op: "delete", id: "rec_01k00000000000000000000000" },
    ] as const;
    assert.equal((await tasks().bulk(wrong)).error?.code, "bulk_refused");
    const kept = must(await tasks().bulk(wrong, { atomic: false }));
    assert.deepEqual([kept.done, kept.refused], [1, 1]);
    assert.deepEqual(kept.results.map((one) => one.status), ["created", "refused"]);
  });
});

describe("people on the server", () => {
  test("come to their own tenants alone", async () => {
    assert.equal((await eve.tenant(tenant).from("tasks").list()).error?.code, "not_found");
    assert.equal((await eve.tenant(tenant).from("tasks").create({ title: "x" })).error?.code, "not_found");
  });

  test("read without signing in what is public, and nothing else", async () => {
    must(await ada.tenant(tenant).from("news").create({ text: "Open" }));
    const stranger = started().browser().tenant(tenant);
    assert.equal(must(await stranger.from("news").list()).items[0]?.text, "Open");
    for (const refused of [await stranger.from("news").create({ text: "x" }), await stranger.from("tasks").list()]) {
      assert.equal(refused.error?.code, "not_found");
      assert.match(refused.error.detail, /Without signing in/);
    }
  });

  test("are told which rule decides", async () => {
    const { id } = await task("Explained");
    const explained = must(await tasks().explain("update", { record_id: id }));
    assert.deepEqual([explained.allowed, explained.rule], [true, "owner || role('editor')"]);
    const locked = must(await ada.tenant(tenant).from("news").explain("delete"));
    assert.deepEqual([locked.allowed, locked.rule], [false, null]);
  });

  test("have the roles that the app declares and an admin gives", async () => {
    const me = must(await ada.members.list(tenant)).items[0]?.id ?? "";
    assert.deepEqual(must(await ada.members.setAppRoles(tenant, me, ["editor"])).roles, ["editor"]);
    assert.deepEqual(must(await ada.members.appRoles(tenant, me)).roles, ["editor"]);
    assert.equal((await ada.members.setAppRoles(tenant, me, ["nobody"])).error?.code, "input_invalid");
  });

  test("are not needed by the app's own server, which knows its contract", async () => {
    const { url, secretKey, app } = started();
    const own = createServerClient<Collections>({ url, secretKey });
    const { document } = must(await own.contracts.get(app));
    assert.equal(must(await own.contracts.plan(app, document as object)).changes, false);
    assert.equal(must(await own.contracts.apply(app, document as object, { reason: "Again" })).changed, false);
    assert.equal((await own.tenant(tenant).from("locked" as "news").list()).error?.code, "not_found");
  });
});
