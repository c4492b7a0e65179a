import { ok, type Result } from "./problem.js";
import type { Page } from "./types.js";

/**
 * Walks a list to its end, page by page, as it is consumed. A page that fails is yielded as an error and ends the walk.
 *
 *     for await (const { data: tenant, error } of listAll((query) => castellan.tenants.list(query))) { ... }
 */
export async function* listAll<Item>(
  list: (query: { limit: number; cursor?: string }) => Promise<Result<Page<Item>>>,
): AsyncGenerator<Result<Item>, void, undefined> {
  let cursor: string | null = null;
  do {
    const page: Result<Page<Item>> = await list({ limit: 200, ...(cursor === null ? {} : { cursor }) });
    if (page.error !== null) {
      yield page;
      return;
    }
    for (const item of page.data.items) yield ok(item);
    cursor = page.data.next_cursor;
  } while (cursor !== null);
}
