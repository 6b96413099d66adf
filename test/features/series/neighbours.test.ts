import { describe, expect, it } from "vitest";
import { randomStream } from "../../../src/core/index.ts";
import type { SeriesTable } from "../../../src/data/index.ts";
import {
  channelNames,
  findNeighbours,
  isSeriesPlan,
  type SeriesPlan,
  withNeighbours,
} from "../../../src/features/index.ts";

const NAMES = ["a", "b", "c", "d", "e", "f"];
const STEPS = 1500;

const plan: SeriesPlan = {
  target: "flow",
  time: "at",
  group: "road",
  names: NAMES,
  interval: 300_000,
  dated: true,
  steps: 4,
  horizon: 4,
  others: [],
  holiday: null,
  day: null,
  week: null,
  yearly: false,
};

/** Series of which each begins a step later than the one before it. */
function tableOf(series: readonly (readonly number[])[]): SeriesTable {
  const offsets = Uint32Array.from({ length: series.length + 1 }, (_, i) =>
    series.slice(0, i).reduce((sum, own) => sum + own.length, 0),
  );
  return {
    interval: plan.interval,
    channels: ["flow"],
    names: NAMES,
    starts: Float64Array.from(series, (_, i) => i * plan.interval),
    offsets,
    values: Float32Array.from(series.flat()),
    notices: [],
  };
}

/** Noise; where told so, every series is the next one's noise two steps before. */
function drawTable(following: boolean): SeriesTable {
  const random = randomStream(5, "neighbours");
  const noise = NAMES.map(() => Array.from({ length: STEPS }, () => random.normal()));
  return tableOf(
    noise.map((own, i) =>
      own.map((value, step) => {
        const time = step + i;
        const led = noise[i + 1]?.[time - 2 - (i + 1)];
        return following && led !== undefined ? led + 0.2 * value : value;
      }),
    ),
  );
}

describe("neighbours", () => {
  it("are the series that tell what comes, chosen by what lies before the end of learning", () => {
    const end = STEPS * plan.interval;
    const found = findNeighbours(plan, drawTable(true), end)!;
    expect(found.neighbours).toHaveLength(NAMES.length);
    for (const i of [0, 1, 2, 3]) {
      expect(found.neighbours[i]).toHaveLength(4);
      expect(found.neighbours[i]).not.toContain(i);
    }
    // Of the last follower the next series' own noise is its reading; of those before it a followed reading.
    expect(found.neighbours[4]![0]).toBe(5);
    expect(found.gain).toBeGreaterThan(0.1);
    // What lies behind the end decides nothing.
    const table = drawTable(true);
    const changed = { ...table, values: table.values.slice() };
    for (let i = 0; i < NAMES.length; i++)
      changed.values.fill(1e6, table.offsets[i]! + STEPS - i, table.offsets[i + 1]!);
    expect(findNeighbours(plan, changed, end)).toEqual(found);
  });

  it("are none where the others tell nothing, or the series are few or short", () => {
    const table = drawTable(false);
    expect(findNeighbours(plan, table, STEPS * plan.interval)).toBeNull();
    expect(findNeighbours(plan, drawTable(true), 100 * plan.interval)).toBeNull();
    const few = { ...table, names: NAMES.slice(0, 3), offsets: table.offsets.slice(0, 4) };
    expect(findNeighbours(plan, few, STEPS * plan.interval)).toBeNull();
  });

  it("stand beside a series' own readings of the same times, missing where there are none", () => {
    const numbers = [[1, 2, 3], [10, 20, 30], [5], [6], [7], [8]];
    const seeing: SeriesPlan = { ...plan, neighbours: [[1], [0], [0], [0], [0], [0]] };
    const wide = withNeighbours(tableOf(numbers), seeing);
    expect(wide.channels).toEqual(["flow", "flow of neighbour 1"]);
    expect(channelNames(seeing)).toEqual(wide.channels);
    // The second series begins a step later.
    expect([...wide.values.subarray(0, 12)]).toEqual([1, Number.NaN, 2, 10, 3, 20, 10, 2, 20, 3, 30, Number.NaN]);
    const without = { ...tableOf(numbers.slice(0, 2)), names: ["a", "new"] };
    expect([...withNeighbours(without, seeing).values.filter((_, i) => i % 2 === 1)].every(Number.isNaN)).toBe(true);
  });

  it("are checked where a stored plan names them", () => {
    const sixOf = (own: unknown) => ({ ...plan, neighbours: NAMES.map(() => own) }) as SeriesPlan;
    expect(isSeriesPlan(sixOf([0, 1]))).toBe(true);
    for (const own of [[6], [-1], [0.5], ["0"], [], 3, new Array(65).fill(0)])
      expect(isSeriesPlan(sixOf(own))).toBe(false);
    expect(isSeriesPlan({ ...plan, neighbours: [[0]] })).toBe(false);
  });
});
