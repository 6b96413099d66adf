import { describe, expect, it } from "vitest";
import { deriveSeed, philox, RandomStream, randomStream, rowHash, streamKey } from "../../src/core/index.ts";

describe("philox", () => {
  it("gives the published answers of Random123 (kat_vectors, philox4x32-10)", () => {
    const out = new Uint32Array(4);
    philox(out, 0, 0, 0, 0);
    expect([...out]).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    philox(out, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff);
    expect([...out]).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
    philox(out, 0x243f6a88, 0x85a308d3, 0xa4093822, 0x299f31d0, 0x13198a2e, 0x03707344);
    expect([...out]).toEqual([0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]);
  });
});

describe("a random stream", () => {
  it("goes on from its state as if never stopped", () => {
    const whole = randomStream(42, "split");
    const draw = (stream: RandomStream) => [stream.uint32(), stream.float(), stream.normal(), stream.integer(7)];
    for (let i = 0; i < 13; i++) draw(whole);
    const resumed = new RandomStream(streamKey(42, "split"), whole.state);
    for (let i = 0; i < 50; i++) expect(draw(resumed)).toEqual(draw(whole));
  });

  it("is moved by its name and seed only", () => {
    const first = (...path: (string | number)[]) => randomStream(1, ...path).uint32();
    const seen = new Set([
      first("a"),
      first("b"),
      first("a", 1),
      first("a", 2),
      first("a", "1"),
      randomStream(2, "a").uint32(),
      first(),
    ]);
    expect(seen.size).toBe(7);
    expect(deriveSeed(1, "a")).toBe(deriveSeed(1, "a"));
    expect(deriveSeed(2 ** 40, "a")).not.toBe(deriveSeed(0, "a"));
  });

  it("draws uniform floats, unbiased integers and standard normals", () => {
    const stream = randomStream(7, "moments");
    const n = 200_000;
    let sum = 0;
    let squares = 0;
    let normals = 0;
    let normalSquares = 0;
    let outside = 0;
    const counts = new Array<number>(5).fill(0);
    for (let i = 0; i < n; i++) {
      const u = stream.float();
      if (!(u >= 0 && u < 1)) outside++;
      sum += u;
      squares += u * u;
      const z = stream.normal();
      normals += z;
      normalSquares += z * z;
      counts[stream.integer(5)]!++;
    }
    expect(outside).toBe(0);
    expect(sum / n).toBeCloseTo(0.5, 2);
    expect(squares / n).toBeCloseTo(1 / 3, 2);
    expect(Math.abs(normals / n)).toBeLessThan(0.01);
    expect(Math.abs(normalSquares / n - 1)).toBeLessThan(0.02);
    for (const count of counts) expect(Math.abs(count - n / 5)).toBeLessThan(5 * Math.sqrt(n / 5));
  });

  it("shuffles to a permutation, every position equally likely", () => {
    const stream = randomStream(3, "shuffle");
    const at = new Array<number>(6).fill(0);
    for (let i = 0; i < 6000; i++) {
      const items = stream.shuffle([0, 1, 2, 3, 4, 5]);
      expect([...items].sort()).toEqual([0, 1, 2, 3, 4, 5]);
      at[items.indexOf(0)]!++;
    }
    for (const count of at) expect(Math.abs(count - 1000)).toBeLessThan(160);
  });
});

describe("rowHash", () => {
  it("is uniform over rows and differs by key", () => {
    const key = streamKey(42, "sample");
    const buckets = new Array<number>(16).fill(0);
    for (let row = 0; row < 160_000; row++) buckets[rowHash(key, row) >>> 28]!++;
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    expect(rowHash(key, 5)).not.toBe(rowHash(streamKey(43, "sample"), 5));
    expect(rowHash(key, 2 ** 32 + 5)).not.toBe(rowHash(key, 5));
  });
});
