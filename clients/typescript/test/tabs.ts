import {
  createClient, memoryStorage, type Castellan, type ClientOptions, type Clock, type Locks,
} from "../src/index.js";
import { KEY, type Server } from "./server.js";

/** Sleeping costs nothing and is written down. */
export class FakeClock implements Clock {
  readonly slept: number[] = [];
  #now = Date.UTC(2026, 0, 1);

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }

  sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.advance(ms);
    return new Promise((resolve) => setImmediate(resolve));
  }
}

/** What `navigator.locks` promises: holders of one name go one after another. */
export function exclusiveLocks(): Locks {
  const queues = new Map<string, Promise<unknown>>();
  return {
    request(name, work) {
      const turn = (queues.get(name) ?? Promise.resolve()).then(work);
      queues.set(name, turn.catch(() => undefined));
      return turn;
    },
  };
}

/** Clients that share storage and locks, as the tabs of one browser do. */
export function tabs(server: Server, count: number, options: Partial<ClientOptions> = {}): Castellan[] {
  const shared = { storage: memoryStorage(), locks: exclusiveLocks(), clock: new FakeClock(), ...options };
  return Array.from({ length: count }, () => createClient({ url: server.url, key: KEY, ...shared }));
}

export const FORM = { email: "ada@example.com", password: "correct horse battery" };
export const MINUTE_MS = 60_000;
