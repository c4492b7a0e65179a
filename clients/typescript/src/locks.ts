import { randomToken } from "./random.js";
import type { SessionStorage } from "./storage.js";
import type { Clock } from "./wire.js";

/** One holder at a time over all tabs. `navigator.locks` has this shape. */
export interface Locks {
  request<Value>(name: string, work: () => Promise<Value>): Promise<Value>;
}

/** The Web Locks of the browser, or leases in the storage where it has none (plain http, old browsers, Node). */
export function defaultLocks(storage: SessionStorage, clock: Clock): Locks {
  const web = (globalThis.navigator as Navigator | undefined)?.locks;
  return web ? webLocks(web) : leases(storage, clock);
}

/** Longer than a refresh can take, tries and pauses included; a tab that died holds the others up for this long. */
const LEASE_MS = 60_000;
const SETTLE_MS = 20;
const POLL_MS = 50;

/** Phones suspend tabs in the middle of their work, with the lock in hand, so it can be taken away. */
export function webLocks(web: Pick<LockManager, "request">, patienceMs = LEASE_MS): Locks {
  return {
    async request<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
      const patience = AbortSignal.timeout(patienceMs);
      let granted = false;
      const start = () => {
        granted = true;
        return work();
      };
      try {
        return (await web.request(name, { signal: patience }, start)) as Value;
      } catch (error) {
        if (granted || !patience.aborted) throw error;
        return (await web.request(name, { steal: true }, work)) as Value;
      }
    },
  };
}

/**
 * A lease is a name and an end time in the storage; whoever still reads its own name after a moment holds it.
 * Two tabs can slip through together if one stalls in that moment: storage has no compare-and-swap. The server's
 * grace for repeated rotations, and the session keeper's second look at the storage, make that harmless.
 */
export function leases(storage: SessionStorage, clock: Clock): Locks {
  const holderOf = (key: string): string | null => {
    const [holder, until] = (storage.getItem(key) ?? "").split(" ");
    return holder && Number(until) > clock.now() ? holder : null;
  };
  return {
    async request(name, work) {
      const key = `${name}:lease`;
      const self = randomToken();
      for (;;) {
        if (holderOf(key) === null) {
          storage.setItem(key, `${self} ${clock.now() + LEASE_MS}`);
          await clock.sleep(SETTLE_MS);
          if (holderOf(key) === self) break;
        }
        await clock.sleep(POLL_MS);
      }
      try {
        return await work();
      } finally {
        if (holderOf(key) === self) storage.removeItem(key);
      }
    },
  };
}
