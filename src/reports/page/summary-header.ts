import { element, escapeText, type Markup } from "../charts/svg.ts";
import type { AlgorithmResult, TrainDocument } from "../document.ts";
import { formatCount, formatNumber, formatPlural, formatSeconds, formatShare } from "../format.ts";
import { metricNames, rankedAlgorithms, rankingMetric } from "../ranking.ts";
import { relativeGain } from "../summary.ts";
import { tile } from "./parts.ts";

const METRICS_SHOWN = 4;

/** The model's name and version, or the run's where no model was saved. */
export function titleOf({ modelPath, run }: TrainDocument): string {
  const parts = modelPath?.split(/[\\/]/).filter((part) => part !== "") ?? [];
  return parts.length >= 2 ? `${parts.at(-2)} ${parts.at(-1)}` : run;
}

export function nameOf({ title, name }: AlgorithmResult): string {
  return title ?? name;
}

export function championOf(document: TrainDocument): AlgorithmResult | undefined {
  return document.algorithms.find(({ name }) => name === document.champion);
}

/** What there is to know first: what it predicts, who won, how well. */
export function renderSummaryHeader(document: TrainDocument): Markup {
  const warnings = (document.warnings ?? []).map((warning) => element("p", { class: "note" }, escapeText(warning)));
  return element(
    "header",
    {},
    element(
      "div",
      {},
      element("p", { class: "kicker" }, "kaayko · report of a model"),
      element("h1", {}, escapeText(titleOf(document))),
      element("p", { class: "lede" }, subjectLine(document)),
      element("p", { class: "verdict" }, verdict(document)),
      gateLine(document),
      ...warnings,
      element("dl", { class: "tiles" }, ...tiles(document)),
    ),
  );
}

function subjectLine({ target, task, rows, columns }: TrainDocument): Markup {
  const total = (rows.train ?? 0) + (rows.validation ?? 0) + (rows.test ?? 0);
  const used = columns?.filter(({ use }) => !/^(target|left out|weight|group|time)/.test(use)).length;
  const from = used === undefined ? "" : ` from ${formatPlural(used, "column")}`;
  const what = target === null || target === undefined ? "Predicts" : `Predicts ${escapeText(target)}`;
  return `${what}${task ? ` (${escapeText(task)})` : ""}${from}, learnt and judged on ${formatCount(total)} rows.`;
}

function verdict(document: TrainDocument): Markup {
  const champion = championOf(document);
  const metric = rankingMetric(document);
  if (champion === undefined || metric === undefined) return "No algorithm has a result.";
  const role = champion.metrics.test === undefined ? "validation" : "test";
  const value = formatNumber(champion.metrics[role]?.[metric]);
  const baseline = document.champion === "baseline" ? undefined : relativeGain(document, "baseline");
  const runnerUp = rankedAlgorithms(document).find(
    ({ name, error }) => name !== document.champion && name !== "baseline" && error === undefined,
  );
  const close = runnerUp === undefined ? undefined : relativeGain(document, runnerUp.name);
  const parts = [
    `${escapeText(nameOf(champion))} is the champion: ${escapeText(metric)} ${value} on the ${role} rows`,
    ...(baseline === undefined ? [] : [`${comparison(baseline.share)} than always guessing the same`]),
    ...(close === undefined ? [] : [`${comparison(close.share)} than ${escapeText(nameOf(runnerUp!))}, the runner-up`]),
  ];
  return `${parts.join(", ").replaceAll(" %", "\u00a0%")}.`;
}

function comparison(share: number): string {
  return `${formatShare(Math.abs(share))} ${share >= 0 ? "better" : "worse"}`;
}

function gateLine({ gate }: TrainDocument): Markup {
  if (gate === undefined) return "";
  const text = `${gate.passed ? "Passed" : "Missed"} the gate ${gate.rule} (${formatNumber(gate.value)}).`;
  return element("p", { class: gate.passed ? "good" : "bad" }, escapeText(text));
}

/** What nobody can beat, where the truth behind a synthetic target is known. */
function bestPossibleTile({ bestPossible }: TrainDocument, metric: string | undefined): Markup[] {
  const value = metric === undefined ? undefined : bestPossible?.metrics[metric];
  if (bestPossible === undefined || value === null || value === undefined) return [];
  const within = bestPossible.championWithin;
  const remark = within === null ? bestPossible.title : `the champion is ${formatShare(Math.max(0, within))} above it`;
  return [tile(`Best possible ${metric}`, formatNumber(value), remark)];
}

function tiles(document: TrainDocument): Markup[] {
  const champion = championOf(document);
  if (champion === undefined) return [];
  const role = champion.metrics.test === undefined ? "validation" : "test";
  const primary = rankingMetric(document);
  const names = metricNames([champion], role).sort((a, b) => Number(b === primary) - Number(a === primary));
  const seconds = document.stages.reduce((sum, stage) => sum + stage.seconds, 0);
  return [
    tile("Champion", nameOf(champion), `of ${document.algorithms.length} algorithms`),
    ...names
      .slice(0, METRICS_SHOWN)
      .map((name) => tile(name, formatNumber(champion.metrics[role]![name]), `${role} rows`)),
    ...bestPossibleTile(document, primary),
    tile("Whole run", formatSeconds(seconds), `trained in ${formatSeconds(champion.seconds)}`),
  ];
}
