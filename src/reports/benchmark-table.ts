import type { BenchmarkEntry, BenchmarkResult } from "../core/index.ts";
import { formatBytes, formatCount, formatNumber, formatSeconds, formatShare } from "./format.ts";
import { higherIsBetter } from "./ranking.ts";
import { paint, printable, type Style } from "./style.ts";
import { renderTable, type TableColumn } from "./table.ts";

/** Metrics shown beside the one that ranks. */
const OTHERS = ["mae", "r2", "coverage", "auc", "accuracy", "macroF1"];

/** Entries from the best to the worst; those without a result last, in their order. */
export function rankedEntries({ entries, metric }: BenchmarkResult): BenchmarkEntry[] {
  const direction = higherIsBetter(metric) ? -1 : 1;
  const place = ({ metrics }: BenchmarkEntry) => direction * (metrics[metric] ?? direction * Number.POSITIVE_INFINITY);
  return [...entries].sort((a, b) => {
    const [left, right] = [place(a), place(b)];
    return left === right ? 0 : left - right;
  });
}

/** The metrics that a benchmark's entries have, that which ranks them first. */
export function shownMetrics({ entries, metric }: BenchmarkResult): string[] {
  return [metric, ...OTHERS.filter((name) => name !== metric && entries.some(({ metrics }) => metrics[name] != null))];
}

/** Quality and speed of every entry, the best first, with the reference that they must beat. */
export function renderBenchmark(benchmark: BenchmarkResult, style: Style): string {
  const metrics = shownMetrics(benchmark);
  const number = (title: string, optional?: number): TableColumn => ({
    title,
    align: "right",
    ...(optional === undefined ? {} : { optional }),
  });
  const columns = [
    { title: "" },
    ...metrics.map((name, i) => (i === 0 ? number(name) : number(name, 2 + i))),
    number("better by", 1),
    number("training"),
    number("rows/s"),
    number("ms a row", 8),
    number("size", 9),
  ];
  const rows = rankedEntries(benchmark).map((entry) => {
    const cells = [
      printable(entry.title),
      ...metrics.map((name) => formatNumber(entry.metrics[name])),
      gainText(entry, benchmark),
      entry.trainSeconds === null ? "-" : formatSeconds(entry.trainSeconds),
      entry.rowsPerSecond === null ? "-" : formatCount(entry.rowsPerSecond),
      formatNumber(entry.millisecondsPerRow),
      entry.modelBytes === null ? "-" : formatBytes(entry.modelBytes),
    ];
    return entry.kind === "model" ? cells : cells.map((cell) => paint(style, "dim", cell));
  });
  return [renderTable(columns, rows, style), ...remarks(benchmark, style)].join("\n");
}

/** By how much it is better than the reference, for a person. */
export function gainText({ name, betterThanReference: gain }: BenchmarkEntry, { reference }: BenchmarkResult): string {
  if (name === reference) return "reference";
  return gain === null ? "-" : `${gain < 0 ? "-" : ""}${formatShare(Math.abs(gain))}`;
}

function remarks({ entries, machine, rows, role }: BenchmarkResult, style: Style): string[] {
  const failed = entries.flatMap(({ name, error }) =>
    error === undefined ? [] : [paint(style, "yellow", printable(`${name}: ${error}`))],
  );
  const peers = entries.flatMap(({ kind, program }) => (kind === "peer" ? [program] : []));
  const beside = peers.length === 0 ? "no other program is installed" : [...new Set(peers)].join(", ");
  const where = `${formatCount(rows)} ${role} rows, ${machine.threads} of ${machine.cores} cores of ${machine.processor}; ${beside}`;
  return [...failed, paint(style, "dim", printable(where))];
}
