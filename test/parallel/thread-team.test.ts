import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { KaaykoError } from "../../src/core/index.ts";
import { ThreadTeam } from "../../src/parallel/index.ts";

const text = (word: string): number[] => [word.length, ...Buffer.from(word)];
const section = (id: number, content: number[]): number[] => [id, content.length, ...content];

/**
 * attach(address); fail(thread): traps in every thread but the first; count(thread): adds 1 to the word at 64 + 4 * thread;
 * hang(thread): never returns in any thread but the first, as where a worker dies inside.
 */
const MODULE = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...section(1, [1, 0x60, 1, 0x7f, 0]),
  ...section(2, [1, ...text("env"), ...text("memory"), 0x02, 0x03, 1, 1]),
  ...section(3, [4, 0, 0, 0, 0]),
  ...section(7, [4, ...text("attach"), 0, 0, ...text("fail"), 0, 1, ...text("count"), 0, 2, ...text("hang"), 0, 3]),
  ...section(10, [
    4,
    ...[2, 0, 0x0b],
    ...[8, 0, 0x20, 0, 0x04, 0x40, 0x00, 0x0b, 0x0b],
    ...[14, 0, 0x20, 0, 0x41, 2, 0x74, 0x41, 1, 0xfe, 0x1e, 2, 64, 0x1a, 0x0b],
    ...[12, 0, 0x20, 0, 0x04, 0x40, 0x03, 0x40, 0x0c, 0, 0x0b, 0x0b, 0x0b],
  ]),
]);

function makeTeam(threads: number, patience?: number): { team: ThreadTeam; counts: Int32Array } {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const modules = [{ name: "test", module: new WebAssembly.Module(MODULE) }];
  const team = new ThreadTeam({
    memory,
    modules,
    routines: ["fail", "count", "hang"],
    attach: ["attach", 0],
    threads,
    ...(patience && { patience }),
  });
  return { team, counts: new Int32Array(memory.buffer, 64, 8) };
}

describe("a team of threads", () => {
  it("works at once in the calling thread, and in the others once they are there", async () => {
    const { team, counts } = makeTeam(3);
    team.run("count");
    expect(counts[0]).toBe(1);
    while (counts[1] === 0 || counts[2] === 0) {
      await sleep(2);
      for (let k = 0; k < 50; k++) team.run("count");
    }
    expect(counts[1]).toBeGreaterThan(0);
    expect(counts[2]).toBeGreaterThan(0);
    await team.dispose();
    await team.dispose();
  });

  it("does something else first where it is asked to, and takes part after it, failed or not", async () => {
    const { team, counts } = makeTeam(2);
    let own = -1;
    team.run("count", () => {
      own = counts[0]!;
    });
    expect([own, counts[0]]).toEqual([0, 1]);
    const fail = () => {
      throw new RangeError("nothing to do");
    };
    expect(() => team.run("count", fail)).toThrow("nothing to do");
    team.run("count");
    expect(counts[0]).toBe(2);
    await team.dispose();
  });

  it("says so when a worker fails, and goes on", async () => {
    const { team, counts } = makeTeam(2);
    let failure: unknown = null;
    while (failure === null) {
      await sleep(1);
      try {
        team.run("fail");
      } catch (error) {
        failure = error;
      }
    }
    expect(failure).toBeInstanceOf(KaaykoError);
    const before = counts[0]!;
    team.run("count");
    expect(counts[0]).toBe(before + 1);
    await team.dispose();
  });

  it("says so when a worker never comes out of a routine, then and ever after, and still ends", async () => {
    // Nothing but the hanging routine goes by that patience: a worker that computes may stand still for longer on a loaded machine.
    const { team, counts } = makeTeam(2, 50);
    let failure: unknown = null;
    // The worker may be late for a phase, and then is not in it.
    while (failure === null) {
      await sleep(1);
      try {
        team.run("hang");
      } catch (error) {
        failure = error;
      }
    }
    expect(failure).toBeInstanceOf(KaaykoError);
    expect(String(failure)).toContain("a worker stopped answering");
    const before = counts[0]!;
    expect(() => team.run("count")).toThrow("a worker stopped answering");
    expect(counts[0]).toBe(before);
    await team.dispose();
  });

  it("starts no worker for one thread", async () => {
    const { team, counts } = makeTeam(1);
    team.run("count");
    expect(counts[0]).toBe(1);
    expect(() => team.run("fail")).not.toThrow();
    await team.dispose();
  });
});
