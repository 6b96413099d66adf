import { describe, expect, it } from "vitest";
import { collectGarbage } from "../../src/parallel/index.ts";

describe("collecting garbage", () => {
  it("frees what nobody holds, and keeps what somebody does", async () => {
    const kept = { held: new Uint8Array(1000) };
    const lost = new WeakRef(make());
    const found = new WeakRef(kept);
    // A weak reference holds its object until the turn of the event loop ends.
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
    expect(lost.deref()).toBeUndefined();
    expect(found.deref()).toBe(kept);
  });
});

function make(): object {
  return { bytes: new Uint8Array(1000) };
}
