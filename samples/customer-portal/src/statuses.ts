import type { Task } from "./castellan-types";

const NAMES: Record<Task["status"], string> = { open: "Open", doing: "In progress", done: "Done" };

/** In the order in which work goes on. */
export const STATUSES = Object.keys(NAMES) as Task["status"][];

export const statusName = (status: Task["status"]): string => NAMES[status];
