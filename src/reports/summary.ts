import { renderSparkline } from "./bars.ts";
import type { TrainDocument } from "./document.ts";
import { formatBytes, formatCount, formatNumber, formatPlural, formatSeconds } from "./format.ts";
import { watchedSeries } from "./history.ts";
import { higherIsBetter, metricNames, rankingMetric } from "./ranking.ts";
import { paint, printable, type Style } from "./style.ts";

const LABEL_WIDTH = 10;
const SPARKLINE_WIDTH = 20;

/** The facts of a run, one a line: who won and how well, where the model is, rows, times. */
export function renderSummary(document: TrainDocument, style: Style): string {
  const lines: [string, string | undefined][] = [
    ["champion", champion(document, style)],
    ["gain", gainOverBaseline(document)],
    ["learning", learning(document, style)],
    ["model", document.modelPath === null ? undefined : printable(document.modelPath)],
    ["report", document.modelPath === null ? undefined : `${printable(document.modelPath)}/report.html`],
    ["sha256", document.modelSha256 ?? undefined],
    ["rows", rows(document)],
    ["dev", development(document)],
    ["resumed", resumed(document.resumedFrom)],
    ["stages", stages(document)],
    ["run", `${printable(document.run)} (${document.status}, seed ${document.seed})`],
  ];
  return lines
    .filter((line): line is [string, string] => line[1] !== undefined && line[1] !== "")
    .map(([label, text]) => `${paint(style, "dim", label.padEnd(LABEL_WIDTH))}${wrapped(text, style)}`)
    .join("\n");
}

function champion(document: TrainDocument, style: Style): string | undefined {
  const winner = document.algorithms.find((algorithm) => algorithm.name === document.champion);
  if (winner === undefined) return undefined;
  const role = winner.metrics.test === undefined ? "validation" : "test";
  const values = metricNames([winner], role)
    .slice(0, 4)
    .map((name) => `${name} ${formatNumber(winner.metrics[role]![name])}`);
  return `${paint(style, "bold", printable(winner.title ?? winner.name))}, ${role}: ${values.join(", ")}`;
}

/** What the champion's training watched, in a line. */
function learning(document: TrainDocument, style: Style): string | undefined {
  const history = document.algorithms.find(({ name }) => name === document.champion)?.history;
  const watched = history === undefined ? undefined : watchedSeries(history);
  if (history === undefined || watched === undefined || watched.values.length < 2) return undefined;
  const ends = `${formatNumber(watched.values[0])} to ${formatNumber(watched.values.at(-1))}`;
  const steps = formatPlural(history.steps.at(-1)!, history.unit);
  return `${paint(style, "cyan", renderSparkline(watched.values, SPARKLINE_WIDTH, style))} ${watched.name} ${ends} in ${steps}`;
}

/** How much better the champion is than the baseline on the ranking metric, where both are known. */
function gainOverBaseline(document: TrainDocument): string | undefined {
  const gain = relativeGain(document, "baseline");
  if (gain === undefined || document.champion === "baseline") return undefined;
  return `${(gain.share * 100).toFixed(1)} % ${gain.share >= 0 ? "better" : "worse"} than the baseline by ${gain.metric}`;
}

/**
 * By which share of the other's value the champion is better, on the test rows (the validation rows where there are none).
 * Undefined where either lacks the metric or the other's value is 0.
 */
export function relativeGain(document: TrainDocument, other: string): { metric: string; share: number } | undefined {
  const metric = rankingMetric(document);
  const find = (name: string | null) => document.algorithms.find((algorithm) => algorithm.name === name)?.metrics;
  const [best, rival] = [find(document.champion), find(other)];
  if (metric === undefined || best === undefined || rival === undefined) return undefined;
  const role = best.test?.[metric] != null && rival.test?.[metric] != null ? "test" : "validation";
  const [mine, theirs] = [best[role]?.[metric], rival[role]?.[metric]];
  if (mine == null || theirs == null || theirs === 0) return undefined;
  const difference = higherIsBetter(metric) ? mine - theirs : theirs - mine;
  return { metric, share: difference / Math.abs(theirs) };
}

/** What a development run saved. */
function development({ development: run }: TrainDocument): string | undefined {
  if (run === undefined) return undefined;
  const share = `${formatCount(run.rows)} of ${formatCount(run.of)} rows in ${formatSeconds(run.seconds)}`;
  return `${share}; all of them would take about ${formatSeconds(run.estimatedSeconds)}, ${run.speedUp.toFixed(1)} times as long`;
}

function rows(document: TrainDocument): string {
  return (["train", "validation", "test"] as const)
    .filter((role) => document.rows[role] !== undefined)
    .map((role) => `${formatCount(document.rows[role]!)} ${role}`)
    .join(", ");
}

function resumed(from: unknown): string | undefined {
  if (from === null || from === undefined) return undefined;
  if (typeof from === "string") return printable(from);
  if (typeof from !== "object") return String(from);
  return Object.entries(from)
    .filter(([, value]) => typeof value === "string" || typeof value === "number")
    .map(([key, value]) => `${key} ${printable(String(value))}`)
    .join(", ");
}

function stages(document: TrainDocument): string {
  const times = document.stages.map((stage) => `${printable(stage.name)} ${formatSeconds(stage.seconds)}`);
  const peak = Math.max(0, ...document.stages.map((stage) => stage.peakRssBytes));
  return [...times, ...(peak > 0 ? [`peak memory ${formatBytes(peak)}`] : [])].join(", ");
}

/** Breaks a line at commas so that nothing runs over the edge; continued lines stand under the first. */
function wrapped(text: string, style: Style): string {
  const room = Math.max(20, style.width - LABEL_WIDTH);
  const lines: string[] = [];
  for (const part of text.split(", ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length + 2 <= room) lines[lines.length - 1] = `${last}, ${part}`;
    else lines.push(part);
  }
  return lines.join(`,\n${" ".repeat(LABEL_WIDTH)}`);
}
