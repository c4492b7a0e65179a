import type {
  BulkAnswer, BulkItem, CollectionType, CollectionTypes, RecordPage, RecordQuery, RecordVersion, Selected,
} from "./collections.js";
import type { ListQuery } from "./operations.js";
import { listAll } from "./pages.js";
import type { Result } from "./problem.js";
import type { CallOptions, Requester } from "./request.js";
import type { Explanation, Page } from "./types.js";

/** Which tenant's records are meant, and which workspace's, where one is. */
interface Place {
  tenant: string | undefined;
  workspace?: string | undefined;
}

type RecordOperation =
  | "records.list" | "records.query" | "records.get" | "records.create" | "records.update" | "records.replace"
  | "records.upsert" | "records.delete" | "records.bulk" | "records.history" | "records.restore" | "records.explain";

interface Sent extends CallOptions {
  record?: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
}

/** Answers of reads have no versions to match. */
type ReadOptions = Pick<CallOptions, "signal">;

/** One page's selection as the server takes it: in an address, or in a body. */
const inAddress = (query: RecordQuery<never, never>) => ({
  filter: query.filter && JSON.stringify(query.filter),
  where: query.where,
  sort: sortOf(query.sort),
  select: query.select?.join(","),
  limit: query.limit,
  cursor: query.cursor,
  count: query.count,
});

const sortOf = (sort: string | readonly string[] | undefined): string | undefined =>
  typeof sort === "string" ? sort : sort?.join(",");

/** The calls about one collection. Its rules decide what they answer. */
export function recordCalls<Type extends CollectionType>(requester: Requester, place: Place, collection: string) {
  type Row = Type["row"];

  // The description knows that a record is an object; what is in it, the app's own types say.
  const call = <Data>(operation: RecordOperation, { record, ...sent }: Sent = {}): Promise<Result<Data>> =>
    (requester as (id: RecordOperation, params: object) => Promise<Result<unknown>>)(operation, {
      path: { collection, ...(record === undefined ? {} : { record }) }, ...place, ...sent,
    }) as Promise<Result<Data>>;

  /** One page. For a filter that is longer than an address may be, there is `query`. */
  const list = <Field extends keyof Row = keyof Row>(query: RecordQuery<Row, Field> = {}, options?: ReadOptions) =>
    call<RecordPage<Selected<Row, Field>>>(
      "records.list", { query: inAddress(query as unknown as RecordQuery<never, never>), ...options });

  return {
    list,

    /** As `list`, with everything in the body: for filters of any length. */
    query: <Field extends keyof Row = keyof Row>(query: RecordQuery<Row, Field> = {}, options?: ReadOptions) =>
      call<RecordPage<Selected<Row, Field>>>("records.query", {
        body: { ...query, sort: sortOf((query as unknown as RecordQuery<never, never>).sort) }, ...options,
      }),

    /**
     * All records, page by page, as they are consumed. A page that fails is yielded as an error and ends the walk.
     *
     *     for await (const { data: task, error } of tasks.all({ filter: { status: "open" } })) { ... }
     */
    all: <Field extends keyof Row = keyof Row>(
      query: Omit<RecordQuery<Row, Field>, "limit" | "cursor" | "count"> = {}, options?: ReadOptions,
    ): AsyncGenerator<Result<Selected<Row, Field>>, void, undefined> =>
      listAll((page) => list<Field>({ ...query, ...page }, options)),

    get: <Field extends keyof Row = keyof Row>(
      record: string, { select, ...options }: { select?: readonly Field[] } & ReadOptions = {},
    ) => call<Selected<Row, Field>>("records.get", {
      record, ...(select ? { query: { select: select.map(String).join(",") } } : {}), ...options,
    }),

    create: (body: Type["insert"], options?: CallOptions) => call<Row>("records.create", { body, ...options }),

    /** What is left out stays, null clears, objects are merged. `ifMatch` is the `version` that it was read with. */
    update: (record: string, body: Type["update"], options?: CallOptions) =>
      call<Row>("records.update", { record, body, ...options }),

    /** All properties; what is left out is cleared. */
    replace: (record: string, body: Type["insert"], options?: CallOptions) =>
      call<Row>("records.replace", { record, body, ...options }),

    /** Creates it, or merges it into the record that has the same values in the unique key `on`. */
    upsert: (body: Type["insert"], { on, ...options }: { on: Type["unique"] } & CallOptions) =>
      call<Row>("records.upsert", { query: { on: on.join(",") }, body, ...options }),

    delete: (record: string, options?: CallOptions) => call<undefined>("records.delete", { record, ...options }),

    /** Up to 1,000 writes: all or none, or with `atomic: false` those that fit, between which others' writes go on. */
    bulk: (items: readonly BulkItem<Type>[], { atomic, ...options }: { atomic?: boolean } & CallOptions = {}) =>
      call<BulkAnswer>("records.bulk", { body: { items, ...(atomic === undefined ? {} : { atomic }) }, ...options }),

    /** The earlier versions, newest first. */
    history: (record: string, query: ListQuery = {}) =>
      call<Page<RecordVersion<Row>>>("records.history", { record, query: { ...query } }),

    /** Which rule decides about an operation, for the caller, and what is missing. For developers, in sandbox. */
    explain: (operation: Explanation["operation"], about: { record_id: string } | { record?: Type["insert"] } = {}) =>
      call<Explanation>("records.explain", { body: { operation, ...about } }),

    /** Brings back a record that a collection with soft delete has kept. */
    restore: (record: string, options?: CallOptions) => call<Row>("records.restore", { record, ...options }),
  };
}

export type RecordCalls<Type extends CollectionType> = ReturnType<typeof recordCalls<Type>>;

/** A tenant's records. */
export interface TenantRecords<Collections extends CollectionTypes<Collections>> {
  from<Name extends Extract<keyof Collections, string>>(collection: Name): RecordCalls<Collections[Name]>;
}

export interface TenantPlace<Collections extends CollectionTypes<Collections>> extends TenantRecords<Collections> {
  /** The records in one workspace of the tenant, for collections that lie in workspaces. */
  workspace(id: string): TenantRecords<Collections>;
}

export const tenantPlace = <Collections extends CollectionTypes<Collections>>(
  request: Requester, tenant: string | undefined,
): TenantPlace<Collections> => ({
  from: (collection) => recordCalls(request, { tenant }, collection),
  workspace: (workspace) => ({ from: (collection) => recordCalls(request, { tenant, workspace }, collection) }),
});
