/**
 * Where the session is kept. It is read before every call, so it must be quick and must not throw.
 * `localStorage` and `sessionStorage` have this shape already.
 */
export interface SessionStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  /** Reports that something may have been changed by another holder of the same storage. */
  subscribe?(listener: () => void): void;
}

/** Lasts as long as the process. Clients that are given the same one behave like tabs of one browser. */
export function memoryStorage(): SessionStorage {
  const values = new Map<string, string>();
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => {
      values.set(key, value);
      changed();
    },
    removeItem: (key) => {
      if (values.delete(key)) changed();
    },
    subscribe: (listener) => void listeners.add(listener),
  };
}

/** `localStorage` where the browser lets us have it, memory where it does not (blocked storage, Node). */
export function defaultStorage(): SessionStorage {
  try {
    const store = globalThis.window.localStorage;
    const probe = "castellan:probe";
    store.setItem(probe, "1");
    store.removeItem(probe);
    return {
      getItem: (key) => store.getItem(key),
      setItem: (key, value) => store.setItem(key, value),
      removeItem: (key) => store.removeItem(key),
      // The event reaches the other tabs, never the one that wrote.
      subscribe: (listener) => globalThis.window.addEventListener("storage", listener),
    };
  } catch {
    return memoryStorage();
  }
}
