import type { ListQuery, Page, Problem, Result } from "@castellan/client";
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { castellan } from "./castellan";

const onSessionChange = (changed: () => void) => castellan.auth.onChange(changed);

export function useSignedIn(): boolean {
  return useSyncExternalStore(onSessionChange, () => castellan.auth.signedIn);
}

/** Whether the last write was refused because the app is frozen. Reads still work then. */
let frozen = false;
const frozenListeners = new Set<() => void>();

function noteFrozen(error: Problem | null): void {
  const now = error?.code === "app_frozen";
  if (now === frozen || (error !== null && !now)) return;
  frozen = now;
  for (const listener of frozenListeners) listener();
}

function onFrozenChange(changed: () => void): () => void {
  frozenListeners.add(changed);
  return () => void frozenListeners.delete(changed);
}

export function useFrozen(): boolean {
  return useSyncExternalStore(onFrozenChange, () => frozen);
}

/** Told when a write finds nothing any more: the organisation around it may be closed to this person by now. */
const goneListeners = new Set<() => void>();

export function onGone(check: () => void): () => void {
  goneListeners.add(check);
  return () => void goneListeners.delete(check);
}

/** A write that a person started: whether it is under way, and what went wrong. */
export function useAction<Args extends unknown[], Data>(act: (...args: Args) => Promise<Result<Data>>) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Problem | null>(null);
  const run = async (...args: Args): Promise<Result<Data>> => {
    setBusy(true);
    setError(null);
    const answer = await act(...args);
    noteFrozen(answer.error);
    if (answer.error?.code === "not_found") for (const check of goneListeners) check();
    setError(answer.error);
    setBusy(false);
    return answer;
  };
  return { run, busy, error };
}

/** Loads when `key` changes and on `reload`. What was loaded stays on screen while it loads again. */
export function useLoad<Data>(key: string, load: () => Promise<Result<Data>>) {
  const [state, setState] = useState<{ key: string; data: Data | null; error: Problem | null }>(
    { key, data: null, error: null });
  const newest = useRef(0);

  const reload = useCallback(async () => {
    const turn = ++newest.current;
    const { data, error } = await load();
    // An answer that was overtaken by a later question is dropped.
    if (turn === newest.current) setState({ key, data, error });
    // `load` is a new function at each render; `key` says when it means something else.
  }, [key]);

  useEffect(() => void reload(), [reload]);
  const current = state.key === key;
  return { data: current ? state.data : null, error: current ? state.error : null, reload };
}

/** A list of which the first page is shown, and more on demand. */
export function useList<Item>(key: string, list: (query: ListQuery) => Promise<Result<Page<Item>>>) {
  const first = useLoad(key, () => list({}));
  const [rest, setRest] = useState<{ after: Page<Item> | null; items: Item[]; next: string | null }>(
    { after: null, items: [], next: null });
  const next = useAction((cursor: string) => list({ cursor }));

  // Pages that followed another first page are no longer the rest of this one.
  const followed = rest.after !== null && rest.after === first.data;
  const cursor = followed ? rest.next : first.data?.next_cursor ?? null;
  const more = async () => {
    if (cursor === null) return;
    const { data } = await next.run(cursor);
    if (data) {
      setRest({ after: first.data, items: [...(followed ? rest.items : []), ...data.items], next: data.next_cursor });
    }
  };
  return {
    items: first.data && [...first.data.items, ...(followed ? rest.items : [])],
    error: first.error ?? next.error,
    reload: first.reload,
    more: cursor === null ? null : more,
  };
}
