import { performance } from "node:perf_hooks";
import type { JsonObject } from "../../core/index.ts";
import { formatCount, formatSeconds } from "../../reports/text/index.ts";

/** How fast batches of rows went. */
export interface Timing {
  /** Takes a batch: its rows, and the milliseconds that it took. */
  readonly add: (rows: number, milliseconds: number) => void;
  /** Rows, rows a second since the start, reading and writing included, and milliseconds of a batch at percentiles. */
  summary(): JsonObject;
  /** The same for a person. */
  line(): string;
}

const SHARES = [0.5, 0.95, 0.99, 1] as const;

/** Begins to time. @param now milliseconds of a clock that never goes back */
export function createTiming(now: () => number = () => performance.now()): Timing {
  const begun = now();
  const times: number[] = [];
  let rows = 0;
  let most = 0;
  const summary = () => {
    const seconds = (now() - begun) / 1000;
    const sorted = times.toSorted((a, b) => a - b);
    // The nearest rank: a time that a batch took.
    const [p50, p95, p99, max] = SHARES.map((share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0);
    const rate = seconds > 0 ? Math.round(rows / seconds) : 0;
    return { rows, seconds, rowsPerSecond: rate, batchRows: most, batchMilliseconds: { p50, p95, p99, max } };
  };
  return {
    add: (count, milliseconds) => {
      rows += count;
      most = Math.max(most, count);
      times.push(milliseconds);
    },
    summary: () => summary() as JsonObject,
    line: () => {
      const { rowsPerSecond, batchRows, batchMilliseconds: batch } = summary();
      const parts = Object.entries(batch).map(([name, time]) => `${name} ${formatSeconds((time ?? 0) / 1000)}`);
      return `${formatCount(rowsPerSecond)} rows/s; a batch of ${formatCount(batchRows)} rows: ${parts.join(", ")}`;
    },
  };
}
