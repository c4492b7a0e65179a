import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { createClient, memoryStorage, type Castellan } from "../src/index.js";
import type { Collections } from "./generated/castellan-types.js";
import { dropConnection, json, KEY, problem, Server } from "./server.js";
import { FakeClock, FORM } from "./tabs.js";

const TASKS = "/v1/records/tasks";
const TASK = { id: "rec_1", title: "Write", status: "open", version: 3 };

let server: Server;
let castellan: Castellan<Collections>;

beforeEach(async () => {
  server = await Server.start();
  castellan = createClient<Collections>({
    url: server.url, key: KEY, clock: new FakeClock(), storage: memoryStorage(),
  });
  await castellan.auth.signIn(FORM);
});
afterEach(() => server.stop());

const tasks = () => castellan.tenant("ten_1").from("tasks");
const last = () => server.seen.at(-1);
const asked = () => Object.fromEntries(new URL(last()?.path ?? "", server.url).searchParams);
const answers = (path: string, body: unknown, status = 200) =>
  server.once(path, (_, response) => json(response, status, body));

describe("a list of records", () => {
  test("names its tenant, filter, order and fields", async () => {
    answers(TASKS, { items: [TASK], next_cursor: null, withheld: 2 });
    const { data } = await tasks().list({
      filter: {
        status: { in: ["open", "doing"] }, rank: { gte: 2 }, urgent: true, "place.city": { iprefix: "ber" },
        or: [{ project_id: null }, { not: { title: { contains: "x" } } }],
      },
      sort: ["-rank", "title"], select: ["id", "title"], limit: 10, count: "exact",
    });
    assert.deepEqual(data, { items: [TASK], next_cursor: null, withheld: 2 });
    assert.equal(last()?.headers["castellan-tenant"], "ten_1");
    assert.equal(last()?.headers["castellan-workspace"], undefined);
    const { filter, ...rest } = asked();
    assert.deepEqual(JSON.parse(filter ?? ""), {
      status: { in: ["open", "doing"] }, rank: { gte: 2 }, urgent: true, "place.city": { iprefix: "ber" },
      or: [{ project_id: null }, { not: { title: { contains: "x" } } }],
    });
    assert.deepEqual(rest, { sort: "-rank,title", select: "id,title", limit: "10", count: "exact" });
  });

  test("has everything in the body where it is queried, and is no write", async () => {
    answers(`${TASKS}/query`, { items: [], next_cursor: null });
    await tasks().query({ filter: { status: "open" }, sort: "-created_at", select: ["title"], cursor: "c" });
    assert.equal(last()?.method, "POST");
    assert.equal(last()?.headers["idempotency-key"], undefined);
    assert.deepEqual(JSON.parse(last()?.body ?? ""), {
      filter: { status: "open" }, sort: "-created_at", select: ["title"], cursor: "c",
    });
  });

  test("is walked page by page, to the end or to an error", async () => {
    answers(TASKS, { items: [{ id: "rec_1" }, { id: "rec_2" }], next_cursor: "next" });
    server.once(TASKS, (_, response) => problem(response, 403, { code: "rule_denied" }));
    const seen: (string | undefined)[] = [];
    for await (const { data, error } of tasks().all({ select: ["id"] })) seen.push(data?.id ?? error?.code);
    assert.deepEqual(seen, ["rec_1", "rec_2", "rule_denied"]);
    assert.deepEqual(asked(), { select: "id", limit: "200", cursor: "next" });
  });
});

describe("a record", () => {
  test("is read, whole or in part", async () => {
    answers(`${TASKS}/rec_1`, TASK);
    assert.equal((await tasks().get("rec_1", { select: ["title"] })).data?.title, "Write");
    assert.deepEqual(asked(), { select: "title" });
    answers(`${TASKS}/rec_1`, TASK);
    assert.equal((await tasks().get("rec_1")).data?.status, "open");
    assert.equal(last()?.path, `${TASKS}/rec_1`);
  });

  test("is created, changed, replaced, deleted and restored", async () => {
    answers(TASKS, TASK, 201);
    assert.equal((await tasks().create({ title: "Write" })).data?.id, "rec_1");
    answers(`${TASKS}/rec_1`, TASK);
    await tasks().update("rec_1", { rank: null, place: { city: null } }, { ifMatch: 3 });
    assert.equal(last()?.method, "PATCH");
    assert.equal(last()?.headers["if-match"], '"3"');
    assert.deepEqual(JSON.parse(last()?.body ?? ""), { rank: null, place: { city: null } });
    answers(`${TASKS}/rec_1`, TASK);
    await tasks().replace("rec_1", { title: "Write", status: "done" });
    assert.equal(last()?.method, "PUT");
    server.once(`${TASKS}/rec_1`, (_, response) => void response.writeHead(204).end());
    assert.deepEqual(await tasks().delete("rec_1"), { data: undefined, error: null });
    answers(`${TASKS}/rec_1/restore`, TASK);
    assert.equal((await tasks().restore("rec_1")).data?.version, 3);
    assert.equal(last()?.body, "");
  });

  test("is merged into the one with the same key", async () => {
    answers("/v1/records/projects", { id: "rec_9" });
    const projects = castellan.tenant("ten_1").from("projects");
    await projects.upsert({ name: "North", region: "north" }, { on: ["region", "name"] });
    assert.equal(last()?.method, "PUT");
    assert.deepEqual(asked(), { on: "region,name" });
  });

  test("has earlier versions", async () => {
    const earlier = { version: 2, data: TASK, ended_by: "records.update" };
    answers(`${TASKS}/rec_1/history`, { items: [earlier], next_cursor: null });
    const { data } = await tasks().history("rec_1", { limit: 1 });
    assert.equal(data?.items[0]?.data.title, "Write");
    assert.equal(last()?.path, `${TASKS}/rec_1/history?limit=1`);
  });

  test("is written among others", async () => {
    const results = [{ status: "created", id: "rec_1" }, { status: "refused" }];
    answers(`${TASKS}/bulk`, { done: 1, refused: 1, results });
    const { data } = await tasks().bulk(
      [{ op: "create", record: { title: "Write" } }, { op: "delete", id: "rec_2" }], { atomic: false });
    assert.equal(data?.results[1]?.status, "refused");
    assert.deepEqual(JSON.parse(last()?.body ?? ""), {
      items: [{ op: "create", record: { title: "Write" } }, { op: "delete", id: "rec_2" }], atomic: false,
    });
  });

  test("of a workspace names it", async () => {
    answers("/v1/records/notes", { items: [], next_cursor: null });
    await castellan.tenant("ten_1").workspace("wsp_1").from("notes").list();
    assert.equal(last()?.headers["castellan-workspace"], "wsp_1");
  });

  test("of a tenant that is not known yet is not asked for", async () => {
    const before = server.seen.length;
    assert.equal((await castellan.tenant("").from("tasks").list()).error?.code, "missing_parameter");
    assert.equal(server.seen.length, before);
  });

  test("is written once although its answer was lost", async () => {
    server.once(TASKS, dropConnection);
    answers(TASKS, TASK, 201);
    assert.equal((await tasks().create({ title: "Write" })).error, null);
    const [first, second] = server.seen.slice(-2).map((seen) => seen.headers["idempotency-key"]);
    assert.equal(first, second);
    assert.match(first as string, /./);
  });
});

describe("whoever is not signed in", () => {
  beforeEach(() => castellan.auth.signOut());

  test("reads what is public with the app's key alone", async () => {
    answers("/v1/records/news", { items: [{ text: "Open" }], next_cursor: null });
    assert.equal((await castellan.tenant("ten_1").from("news").list()).data?.items[0]?.text, "Open");
    assert.equal(last()?.headers["castellan-key"], KEY);
    assert.equal(last()?.headers.authorization, undefined);
  });

  test("writes without a key that the server would not keep, and so once", async () => {
    server.once("/v1/records/news", dropConnection);
    const before = server.seen.length;
    const { error } = await castellan.tenant("ten_1").from("news").create({ text: "x" });
    assert.equal(error?.code, "network_failure");
    assert.equal(server.seen.length, before + 1);
    assert.equal(last()?.headers["idempotency-key"], undefined);
  });
});

/** Never called: what is wrong here is refused by the compiler, where the line above says so. */
export async function typesOf(open: Castellan): Promise<unknown[]> {
  const { data } = await tasks().list({ select: ["title"] });
  const first = data?.items[0];
  return [
    first?.title satisfies string | undefined,
    first?.id satisfies string | undefined,
    // @ts-expect-error It was not selected.
    first?.status,
    // @ts-expect-error No such collection.
    castellan.tenant("ten_1").from("nothing"),
    // @ts-expect-error No such field.
    tasks().list({ filter: { titel: "x" } }),
    // @ts-expect-error Not a value of the field.
    tasks().list({ filter: { status: "closed" } }),
    // @ts-expect-error A boolean is not ordered.
    tasks().list({ filter: { urgent: { gt: true } } }),
    // @ts-expect-error An object is compared by its paths.
    tasks().list({ filter: { place: { eq: "Berlin" } } }),
    // @ts-expect-error An object has no order.
    tasks().list({ sort: "-place" }),
    // @ts-expect-error The title is missing.
    tasks().create({ status: "open" }),
    // @ts-expect-error The server sets the owner.
    tasks().create({ title: "x", owner_id: "usr_1" }),
    // @ts-expect-error What is required is not cleared.
    tasks().update("rec_1", { title: null }),
    // @ts-expect-error Not a unique key.
    castellan.tenant("ten_1").from("projects").upsert({ name: "x" }, { on: ["name"] }),
    // @ts-expect-error A secret is not read back.
    (await castellan.tenant("ten_1").from("projects").get("rec_1")).data?.token,
    (await open.tenant("ten_1").from("whatever").get("rec_1")).data?.["title"] satisfies unknown,
    open.tenant("ten_1").from("whatever").list({
      filter: { any: { gte: 1 }, or: [{ other: "x" }, { not: { any: 2 } }] }, sort: "-any", select: ["any"],
    }),
  ];
}
