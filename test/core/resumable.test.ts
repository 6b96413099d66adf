import { describe, expect, it } from "vitest";
import {
  dtypeOf,
  fromBytes,
  hashState,
  joinStates,
  nestState,
  type State,
  toBytes,
  unnestState,
} from "../../src/core/index.ts";

const state = (n: number): State => ({ json: { n }, arrays: { a: Float32Array.of(n, 2) }, appendOnly: ["a"] });

describe("states", () => {
  it("nest, join and come back", () => {
    const joined = joinStates(nestState("one", state(1)), nestState("two", nestState("inner", state(2))));
    expect(Object.keys(joined.arrays)).toEqual(["one/a", "two/inner/a"]);
    expect(unnestState("one", joined)).toEqual(state(1));
    expect(unnestState("inner", unnestState("two", joined)!)).toEqual(state(2));
    expect(unnestState("three", joined)).toBeUndefined();
  });

  it("hash by content: values, dtype and name", () => {
    expect(hashState(state(1))).toBe(hashState(state(1)));
    const hashes = [
      state(1),
      state(2),
      { json: { n: 1 }, arrays: { a: Float64Array.of(1, 2) } },
      { json: { n: 1 }, arrays: { b: Float32Array.of(1, 2) } },
    ].map(hashState);
    expect(new Set(hashes).size).toBe(4);
  });
});

describe("typed arrays", () => {
  it("round-trip through bytes, aligned or not", () => {
    const bytes = new Uint8Array(17);
    bytes.set(toBytes(Float64Array.of(1.5, -2)), 1);
    expect(fromBytes("float64", bytes.subarray(1))).toEqual(Float64Array.of(1.5, -2));
    expect(dtypeOf(new BigInt64Array(1))).toBe("int64");
    expect(() => fromBytes("float64", bytes)).toThrow("multiple of 8 bytes, got 17");
  });
});
