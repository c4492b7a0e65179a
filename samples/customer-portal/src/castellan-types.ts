// Made by `castellan types` from castellan.json. Do not edit: change the contract and make it again.

/** What people of an organisation work on together. */
export interface Project {
  readonly id: string;
  readonly tenant_id: string;
  readonly owner_id: string | null;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  name: string;
  summary: string | null;
}

/** What Project is created from, or replaced by. */
export interface ProjectInsert {
  name: string;
  summary?: string | null;
}

/** A change of Project: what is left out stays, null clears. */
export interface ProjectUpdate {
  name?: string;
  summary?: string | null;
}

/** Something to be done in a project. */
export interface Task {
  readonly id: string;
  readonly tenant_id: string;
  readonly owner_id: string | null;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  /** The id of one of projects. */
  project_id: string;
  title: string;
  status: "open" | "doing" | "done";
}

/** What Task is created from, or replaced by. */
export interface TaskInsert {
  /** The id of one of projects. */
  project_id: string;
  title: string;
  status?: "open" | "doing" | "done";
}

/** A change of Task: what is left out stays, null clears. */
export interface TaskUpdate {
  /** The id of one of projects. */
  project_id?: string;
  title?: string;
  status?: "open" | "doing" | "done";
}

/** What somebody says about a task. */
export interface Comment {
  readonly id: string;
  readonly tenant_id: string;
  readonly owner_id: string | null;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  /** The id of one of tasks. */
  task_id: string;
  text: string;
}

/** What Comment is created from, or replaced by. */
export interface CommentInsert {
  /** The id of one of tasks. */
  task_id: string;
  text: string;
}

/** A change of Comment: what is left out stays, null clears. */
export interface CommentUpdate {
  /** The id of one of tasks. */
  task_id?: string;
  text?: string;
}

/** The collections by name, for `createClient<Collections>(...)`. */
export interface Collections {
  projects: {
    row: Project;
    insert: ProjectInsert;
    update: ProjectUpdate;
    unique: readonly ["name"];
  };
  tasks: {
    row: Task;
    insert: TaskInsert;
    update: TaskUpdate;
    unique: never;
  };
  comments: {
    row: Comment;
    insert: CommentInsert;
    update: CommentUpdate;
    unique: never;
  };
}
