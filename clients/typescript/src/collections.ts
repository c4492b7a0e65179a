/**
 * What the types of an app's collections look like. `castellan types` makes them from castellan.json; without them,
 * every collection is open.
 */
export interface CollectionType {
  /** A record as it is read. */
  row: object;
  /** What it is created from. */
  insert: object;
  /** A JSON Merge Patch of it. */
  update: object;
  /** The unique keys, for upserts. */
  unique: readonly string[];
}

export type CollectionTypes<Collections> = { [Name in keyof Collections]: CollectionType };

/** A record of an app that has no types: the system columns, and whatever the contract declares. */
export interface AnyRecord {
  id: string;
  tenant_id: string;
  workspace_id?: string | null;
  owner_id: string | null;
  version: number;
  created_at: string;
  updated_at: string;
  [field: string]: unknown;
}

export interface AnyCollections {
  [name: string]: {
    row: AnyRecord;
    insert: Record<string, unknown>;
    update: Record<string, unknown>;
    unique: readonly string[];
  };
}

type Scalar = string | number | boolean;

type Names<Row> = Extract<keyof Row, string>;

interface AnyComparison<Value> {
  eq?: Value | null;
  /** Also true of records without a value. */
  ne?: Value | null;
  in?: readonly (Value | null)[];
  not_in?: readonly (Value | null)[];
  is_null?: boolean;
}

interface Ordered<Value> extends AnyComparison<Value> {
  lt?: Value;
  lte?: Value;
  gt?: Value;
  gte?: Value;
}

/** The text comparisons are refused for times. The ones with `i` do not tell A to Z from a to z. */
interface Textual<Value> extends Ordered<Value> {
  prefix?: string;
  contains?: string;
  ieq?: string;
  iprefix?: string;
  icontains?: string;
}

type Comparison<Value> =
  [Value] extends [boolean] ? AnyComparison<Value>
  : [Value] extends [number] ? Ordered<Value>
  : [Value] extends [string] ? Textual<Value>
  : { is_null?: boolean };

type Plain<Value> = [Value] extends [Scalar] ? Value | null : null;

/** A value, which is short for `eq`, or comparisons, all of which must hold. */
export type Condition<Value> = unknown extends Value
  ? Scalar | null | Textual<Scalar>
  : Plain<NonNullable<Value>> | Comparison<NonNullable<Value>>;

type Declared<Row> = { [Name in Names<Row>]?: Condition<Row[Name]> };

/** A place inside of a property that is an object, such as `"place.city"`. */
type Inside<Row> = { [Path in `${Names<Row>}.${string}`]?: Condition<unknown> };

/**
 * Which records are meant. Members stand side by side as "and". A comparison with a record that has no value is false,
 * and `ne` is true of it.
 *
 *     { status: "open", due_at: { lt: now }, or: [{ rank: { gte: 3 } }, { "place.city": { iprefix: "ber" } }] }
 */
export type Filter<Row> = string extends keyof Row ? AnyFilter : Declared<Row> & Inside<Row> & {
  and?: readonly Filter<Row>[];
  or?: readonly Filter<Row>[];
  not?: Filter<Row>;
};

/** Of a client without the app's types, which knows no names. */
interface AnyFilter {
  [name: string]: Condition<unknown> | AnyFilter | readonly AnyFilter[] | undefined;
}

type Sortable<Row> = {
  [Name in Names<Row>]: unknown extends Row[Name] ? Name : NonNullable<Row[Name]> extends Scalar ? Name : never;
}[Names<Row>];

/** A field, with a minus where the order is downwards. */
export type SortKey<Row> = `${"" | "-"}${Sortable<Row>}`;

export interface RecordQuery<Row, Field extends keyof Row = keyof Row> {
  filter?: Filter<Row> | undefined;
  /** A condition in CEL over `record`, such as `record.title.startsWith("A")`, beside the filter. */
  where?: string | undefined;
  /** At most four; the id comes last by itself. */
  sort?: SortKey<Row> | readonly SortKey<Row>[] | undefined;
  /** Only these fields, and the id. */
  select?: readonly Field[] | undefined;
  /** 1 to 200, and 50 when absent. */
  limit?: number | undefined;
  cursor?: string | undefined;
  /** Counts all records that are meant, up to 10,000. It reads them all, so nobody gets it unasked. */
  count?: "exact" | undefined;
}

/** What is read where fields are selected. */
export type Selected<Row, Field extends keyof Row> = Pick<Row, Field | Extract<"id", keyof Row>>;

/** One page of records; `next_cursor` is null at the end. */
export interface RecordPage<Item> {
  items: Item[];
  next_cursor: string | null;
  /** Where it was asked for. */
  count?: number;
  /** In sandbox, on the last page: how many of the tenant's first thousand records the list rule keeps back. */
  withheld?: number;
}

export type BulkItem<Type extends CollectionType> =
  | { op: "create"; record: Type["insert"] }
  | { op: "update"; id: string; record: Type["update"] }
  | { op: "upsert"; on: Type["unique"]; record: Type["insert"] }
  | { op: "delete"; id: string };

/** What became of each item, in their order. */
export interface BulkAnswer {
  done: number;
  refused: number;
  results: BulkOutcome[];
}

export interface BulkOutcome {
  status: "created" | "updated" | "deleted" | "refused";
  id?: string;
  version?: number;
  /** Why it was refused. */
  code?: string;
  detail?: string;
  errors?: { pointer: string; code: string; detail: string; fix: string }[];
}

/** What a record was before. */
export interface RecordVersion<Row> {
  version: number;
  data: Row;
  /** The id of the user, key or agent who wrote it. */
  actor: string;
  run: string | null;
  /** The operation that ended it, such as `records.update`. */
  ended_by: string;
  ended_at: string;
}
