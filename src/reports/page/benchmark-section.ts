import type { BenchmarkEntry, BenchmarkResult } from "../../core/index.ts";
import { gainText, rankedEntries, shownMetrics } from "../benchmark-table.ts";
import { renderBarChart } from "../charts/bar-chart.ts";
import { escapeText, type Markup } from "../charts/svg.ts";
import type { TrainDocument } from "../document.ts";
import { formatBytes, formatCount, formatNumber, formatSeconds } from "../format.ts";
import { higherIsBetter } from "../ranking.ts";
import { card, cards, type HtmlColumn, htmlTable, numberText, type Section } from "./parts.ts";

const TONES = { model: 1, reference: 0, peer: 3 } as const;

/** Quality and speed, references and other programs among them. */
export function benchmarkSection({ benchmark }: TrainDocument): Section {
  const section = { id: "benchmark", short: "Benchmark", title: "Benchmark" };
  if (benchmark === undefined) return { ...section, body: "" };
  const { machine, rows, role, metric } = benchmark;
  const what = higherIsBetter(metric) ? "Longer is better." : "Shorter is better.";
  return {
    ...section,
    lead:
      `The same ${formatCount(rows)} ${escapeText(role)} rows for all, ${machine.threads} of ${machine.cores} cores of ` +
      `${escapeText(machine.processor)}. Grey hardly learns, and is to be beaten; other programs ran with their own defaults.`,
    body: cards(
      card("Quality and speed", "", table(benchmark), true),
      bars(benchmark, "quality", metric, what, ({ metrics }) => metrics[metric] ?? null, formatNumber),
      bars(
        benchmark,
        "train-time",
        "Training time",
        "All fits that it took. Shorter is better.",
        (entry) => entry.trainSeconds,
        formatSeconds,
      ),
      bars(
        benchmark,
        "speed",
        "Rows predicted a second",
        "In one call. Longer is better.",
        (entry) => entry.rowsPerSecond,
        formatCount,
      ),
    ),
  };
}

function table(benchmark: BenchmarkResult): Markup {
  const metrics = shownMetrics(benchmark);
  const number = (title: string): HtmlColumn => ({ title, number: true });
  const columns = [
    { title: "" },
    { title: "Program" },
    ...metrics.map(number),
    ...["better than the reference by", "training", "rows a second", "ms for a row", "model"].map(number),
  ];
  const rows = rankedEntries(benchmark).map((entry) => ({
    cells: [
      escapeText(entry.title) +
        (entry.error === undefined ? "" : ` <span class="bad">${escapeText(entry.error)}</span>`),
      escapeText(entry.program),
      ...metrics.map((name) => numberText(entry.metrics[name])),
      escapeText(gainText(entry, benchmark)),
      entry.trainSeconds === null ? "–" : formatSeconds(entry.trainSeconds),
      entry.rowsPerSecond === null ? "–" : formatCount(entry.rowsPerSecond),
      numberText(entry.millisecondsPerRow),
      entry.modelBytes === null ? "–" : formatBytes(entry.modelBytes),
    ],
    ...(entry.kind === "reference" ? { class: "faint" } : {}),
  }));
  return htmlTable("Benchmark", columns, rows);
}

function bars(
  benchmark: BenchmarkResult,
  id: string,
  title: string,
  note: string,
  numberOf: (entry: BenchmarkEntry) => number | null,
  format: (value: number) => string,
): Markup {
  const shown = rankedEntries(benchmark).flatMap((entry) => {
    const value = numberOf(entry);
    return value === null ? [] : [{ name: entry.title, value, text: format(value), tone: TONES[entry.kind] }];
  });
  if (shown.length === 0) return "";
  const description = shown.map(({ name, text }) => `${name} ${text}`).join(", ");
  return card(
    title,
    note,
    renderBarChart({ id: `benchmark-${id}`, title: `${title} of each entry`, description }, shown),
  );
}
