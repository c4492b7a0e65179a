import assert from "node:assert/strict";
import { after, test } from "node:test";
import { memoryStorage } from "../src/index.js";
import { leases, webLocks } from "../src/locks.js";
import { systemClock } from "../src/wire.js";
import { FakeClock } from "./tabs.js";

/** The part of the Web Locks API that is used, with one name. */
class LockManagerLike {
  stolen = 0;
  #held = false;

  async request(_: string, options: LockOptions, work: () => Promise<unknown>): Promise<unknown> {
    if (options.steal) this.stolen++;
    else if (this.#held) {
      await new Promise((_, refuse) => {
        options.signal?.addEventListener("abort", () => refuse(options.signal?.reason));
      });
    }
    this.#held = true;
    return work();
  }
}

// Node does not wait for the timer of an AbortSignal alone.
const awake = setInterval(() => {}, 1000);
after(() => clearInterval(awake));

const forever = () => new Promise<never>(() => {});

test("a Web Lock is taken from a tab that never comes back", async () => {
  const manager = new LockManagerLike();
  const locks = webLocks(manager as unknown as LockManager, 10);
  void locks.request("renew", forever);
  assert.equal(await locks.request("renew", async () => "done"), "done");
  assert.equal(manager.stolen, 1);
});

test("an error of the work is not taken for a lock that never came", async () => {
  const manager = new LockManagerLike();
  const locks = webLocks(manager as unknown as LockManager, 10);
  const work = async () => {
    await systemClock.sleep(20);
    throw new Error("broken");
  };
  await assert.rejects(locks.request("renew", work), /broken/);
  assert.equal(manager.stolen, 0);
});

test("a lease of a tab that never comes back runs out", async () => {
  const locks = leases(memoryStorage(), new FakeClock());
  void locks.request("renew", forever);
  assert.equal(await locks.request("renew", async () => "done"), "done");
});

test("leases are held one at a time, and given back after an error", async () => {
  const locks = leases(memoryStorage(), systemClock);
  let inside = 0;
  const work = async () => {
    assert.equal(++inside, 1);
    await systemClock.sleep(1);
    inside--;
    throw new Error("broken");
  };
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => locks.request("renew", work)));
  assert.deepEqual(outcomes.map(({ status }) => status), Array(4).fill("rejected"));
  assert.ok(outcomes.every((outcome) => outcome.status === "rejected" && outcome.reason.message === "broken"));
});
