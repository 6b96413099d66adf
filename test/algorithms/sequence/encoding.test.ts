import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeWindows, inputWidth, planEncoding } from "../../../src/algorithms/sequence/encoding.ts";
import type { Dataset, Examples, WindowPart } from "../../../src/core/index.ts";

const NONE = Number.NaN;

function windows(series: readonly number[], channels: number, steps: number, ends: readonly number[]): WindowPart {
  return {
    kind: "windows",
    name: "past",
    steps,
    channels,
    series: Float32Array.from(series),
    ends: Uint32Array.from(ends),
  };
}

function plan(part: WindowPart, rows: readonly number[] | null) {
  const train: Examples = {
    table: { rows: part.ends.length, columns: [], parts: [part] },
    rows: rows === null ? null : Uint32Array.from(rows),
    target: new Float64Array(part.ends.length),
    weight: null,
  };
  const dataset = { features: [], target: { mean: 3, std: 2 } } as unknown as Dataset;
  return planEncoding(dataset, train);
}

describe("the encoding of windows", () => {
  it("is taken from what training windows see, each reading once", () => {
    const { channels, centre, spread } = plan(windows([1, 2, 3, 1000, 1000], 1, 2, [2, 3, 5]), [0, 1]);
    expect(channels[0]!.mean).toBe(2);
    expect(channels[0]!.scale).toBeCloseTo(1 / Math.sqrt(2 / 3), 12);
    expect([centre, spread]).toEqual([3, 2]);
  });

  it("repeats a missing reading's predecessor, or takes the mean, and marks it", () => {
    const part = windows([NONE, 10, 4, 10, NONE, 30, 6, 10], 2, 4, [4]);
    const encoding = plan(part, null);
    expect(inputWidth(encoding)).toBe(3);
    const out = new Float32Array(12);
    encodeWindows(encoding, part, Uint32Array.of(0), out);
    const low = Math.sqrt(1 / 3);
    const [a, b] = [-low, Math.sqrt(3)].map(Math.fround);
    const expected = [0, 1, a!, -1, 0, a!, -1, 1, b!, 1, 0, a!];
    out.forEach((value, i) => {
      expect(value, `input ${i}`).toBeCloseTo(expected[i]!, 5);
    });
  });

  it("makes nothing of a channel that never changes or is never read", () => {
    const part = windows([5, NONE, 5, NONE], 2, 2, [2]);
    const encoding = plan(part, null);
    const out = new Float32Array(2 * inputWidth(encoding));
    encodeWindows(encoding, part, Uint32Array.of(0), out);
    expect([...out]).toEqual([0, 0, 1, 0, 0, 1]);
  });

  it("takes hours and weekdays in pieces, and other numbers whole", () => {
    const spec = (name: string, min: number, max: number) =>
      ({ name, kind: "numeric", cardinality: 0, mean: min, std: 1, min, max, missing: 0 }) as const;
    const features = [spec("hour", 0, 23.5), spec("weekday", 0, 6), spec("hour", -5, 40), spec("flow 1 before", 0, 20)];
    const part = windows([1, 2, 3], 1, 2, [2]);
    const train = {
      table: { rows: 1, columns: [], parts: [part] },
      rows: null,
      target: Float64Array.of(3),
      weight: null,
    };
    const { extras } = planEncoding({ features, target: { mean: 3, std: 2 } } as unknown as Dataset, train);
    const borders = extras.map((input) => (input.kind === "numeric" ? input.borders : []));
    expect(borders[0]).toEqual(Array.from({ length: 25 }, (_, hour) => hour));
    expect(borders[1]).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(borders.slice(2)).toEqual([[], []]);
  });

  it("gives each window its own steps", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.float({ min: -50, max: 50, noNaN: true }), { minLength: 8, maxLength: 30 }),
        (steps, series) => {
          const ends = Array.from({ length: series.length - steps + 1 }, (_, i) => i + steps);
          const part = windows(series, 1, steps, ends);
          const encoding = plan(part, null);
          const { mean, scale } = encoding.channels[0]!;
          const out = new Float32Array(ends.length * steps);
          encodeWindows(
            encoding,
            part,
            Uint32Array.from(ends, (_, i) => i),
            out,
          );
          ends.forEach((end, row) => {
            for (let i = 0; i < steps; i++)
              expect(out[row * steps + i]).toBe(Math.fround((part.series[end - steps + i]! - mean) * scale));
          });
        },
      ),
    );
  });
});
