import type { SearchResult, TrialResult } from "../core/index.ts";
import { formatNumber, formatSeconds } from "./format.ts";
import { higherIsBetter } from "./ranking.ts";
import { paint, printable, type Style, sign } from "./style.ts";
import { renderTable, type TableColumn } from "./table.ts";

/** Trials shown; the others are in the document. */
const SHOWN = 10;

/**
 * The trials of a search, the best first: its own number, the metric on the held-out rows, the settings, and what became of it. The
 * first trial, with the default settings, is always among them.
 */
export function renderTrials(search: SearchResult, style: Style): string {
  const direction = higherIsBetter(search.metric) ? -1 : 1;
  const order = (trial: TrialResult): number =>
    (trial.value === null ? Number.POSITIVE_INFINITY : direction * trial.value) +
    (trial.prunedAt === undefined ? 0 : 1e300);
  const ranked = [...search.trials].sort((a, b) => compareNumbers(order(a), order(b)) || a.trial - b.trial);
  const shown = ranked.filter(({ trial }, place) => place < SHOWN || trial === 1);
  const columns: TableColumn[] = [
    { title: "trial", align: "right" },
    { title: `valid. ${search.metric}`, align: "right" },
    { title: "settings" },
    { title: "time", align: "right", optional: 2 },
    { title: "" },
  ];
  const rows = shown.map((trial) => {
    const best = trial.trial === search.best;
    const cells = [
      String(trial.trial),
      formatNumber(trial.value),
      settingsText(trial),
      formatSeconds(trial.seconds),
      best ? `${sign(style, "★", "*")}${trial.trial === 1 ? " default" : ""}` : noteOf(trial),
    ];
    return best ? cells.map((cell) => paint(style, "green", cell)) : cells;
  });
  const left = ranked.length - shown.length;
  return [renderTable(columns, rows, style), ...(left > 0 ? [paint(style, "dim", `and ${left} more`)] : [])].join("\n");
}

function compareNumbers(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function settingsText({ settings }: TrialResult): string {
  const parts = Object.entries(settings).map(([name, value]) => {
    const text =
      typeof value === "number" ? formatNumber(value) : Array.isArray(value) ? value.join(",") : String(value);
    return `${name} ${text}`;
  });
  return printable(parts.join("  "));
}

function noteOf({ trial, prunedAt, error }: TrialResult): string {
  if (error !== undefined) return printable(`failed: ${error}`);
  if (prunedAt !== undefined) return `given up after ${prunedAt}`;
  return trial === 1 ? "default" : "";
}
