import { expect, it } from "vitest";
import { createTiming } from "../../src/cli/terminal/timing.ts";

it("says rows a second over all, and how long batches took by nearest rank", () => {
  let clock = 500;
  const timing = createTiming(() => clock);
  for (let i = 1; i <= 20; i++) timing.add(i === 20 ? 40 : 100, i);
  clock = 2500;
  expect(timing.summary()).toEqual({
    rows: 1940,
    seconds: 2,
    rowsPerSecond: 970,
    batchRows: 100,
    batchMilliseconds: { p50: 10, p95: 19, p99: 20, max: 20 },
  });
  expect(timing.line()).toBe("970 rows/s; a batch of 100 rows: p50 10 ms, p95 19 ms, p99 20 ms, max 20 ms");
  expect(createTiming(() => 0).summary()).toMatchObject({ rows: 0, rowsPerSecond: 0 });
});
