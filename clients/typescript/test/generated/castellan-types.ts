// Made by `castellan types` from castellan.json. Do not edit: change the contract and make it again.

/** What people work on together. */
export interface Project {
  readonly id: string;
  readonly tenant_id: string;
  readonly owner_id: string | null;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  name: string;
  slug: string | null;
  region: "north" | "south" | null;
  budget: number | null;
}

/** What Project is created from, or replaced by. */
export interface ProjectInsert {
  name: string;
  slug?: string | null;
  region?: "north" | "south" | null;
  budget?: number | null;
  /** Secret: it is written, and never read back. */
  token?: string | null;
}

/** A change of Project: what is left out stays, null clears. */
export interface ProjectUpdate {
  name?: string;
  slug?: string | null;
  region?: "north" | "south" | null;
  budget?: number | null;
  /** Secret: it is written, and never read back. */
  token?: string | null;
}

/** A record of tasks. */
export interface Task {
  readonly id: string;
  readonly tenant_id: string;
  readonly owner_id: string | null;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  /** What is to be done. */
  title: string;
  status: "open" | "doing" | "done";
  rank: number | null;
  /** RFC 3339. */
  due_at: string | null;
  urgent: boolean | null;
  labels: ("red" | "green")[] | null;
  pair: [string?, number?] | null;
  place: {
    city?: string;
    spot?: {
      lat: number;
      names?: string[];
    };
  } | null;
  extra: {
    [name: string]: string | number;
  } | null;
  choice: string | {
    "other-name"?: 1;
  } | null;
  anything: unknown;
  /** The id of one of projects. */
  project_id: string | null;
}

/** What Task is created from, or replaced by. */
export interface TaskInsert {
  /** What is to be done. */
  title: string;
  status?: "open" | "doing" | "done";
  rank?: number | null;
  /** RFC 3339. */
  due_at?: string | null;
  urgent?: boolean | null;
  labels?: ("red" | "green")[] | null;
  pair?: [string?, number?] | null;
  place?: {
    city?: string;
    spot?: {
      lat: number;
      names?: string[];
    };
  } | null;
  extra?: {
    [name: string]: string | number;
  } | null;
  choice?: string | {
    "other-name"?: 1;
  } | null;
  anything?: unknown;
  /** The id of one of projects. */
  project_id?: string | null;
}

/** A change of Task: what is left out stays, null clears. */
export interface TaskUpdate {
  /** What is to be done. */
  title?: string;
  status?: "open" | "doing" | "done";
  rank?: number | null;
  /** RFC 3339. */
  due_at?: string | null;
  urgent?: boolean | null;
  labels?: ("red" | "green")[] | null;
  pair?: [string?, number?] | null;
  place?: Patch<{
    city?: string;
    spot?: {
      lat: number;
      names?: string[];
    };
  }> | null;
  extra?: Patch<{
    [name: string]: string | number;
  }> | null;
  choice?: Patch<string | {
    "other-name"?: 1;
  }> | null;
  anything?: unknown;
  /** The id of one of projects. */
  project_id?: string | null;
}

/** A record of notes. */
export interface Note {
  readonly id: string;
  readonly tenant_id: string;
  readonly workspace_id: string;
  readonly owner_id: string | null;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  text: string | null;
}

/** What Note is created from, or replaced by. */
export interface NoteInsert {
  text?: string | null;
}

/** A change of Note: what is left out stays, null clears. */
export interface NoteUpdate {
  text?: string | null;
}

/** What everybody may read. */
export interface News {
  readonly id: string;
  readonly tenant_id: string;
  readonly owner_id: string | null;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  text: string;
}

/** What News is created from, or replaced by. */
export interface NewsInsert {
  text: string;
}

/** A change of News: what is left out stays, null clears. */
export interface NewsUpdate {
  text?: string;
}

/** The collections by name, for `createClient<Collections>(...)`. */
export interface Collections {
  projects: {
    row: Project;
    insert: ProjectInsert;
    update: ProjectUpdate;
    unique: readonly ["slug"] | readonly ["region", "name"];
  };
  tasks: {
    row: Task;
    insert: TaskInsert;
    update: TaskUpdate;
    unique: never;
  };
  notes: {
    row: Note;
    insert: NoteInsert;
    update: NoteUpdate;
    unique: never;
  };
  news: {
    row: News;
    insert: NewsInsert;
    update: NewsUpdate;
    unique: never;
  };
}

/** A JSON Merge Patch (RFC 7396) of what is nested: what is left out stays, null clears, lists are replaced. */
export type Patch<T> = T extends readonly unknown[]
  ? T
  : T extends object ? { [Name in keyof T]?: Patch<T[Name]> | null } : T;
