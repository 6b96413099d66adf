import type { JsonObject, JsonValue } from "../core/index.ts";
import { renderBenchmark } from "./benchmark-table.ts";
import { renderConfusion } from "./confusion.ts";
import { renderCurve } from "./curve.ts";
import type { AlgorithmResult, TrainDocument } from "./document.ts";
import { watchedSeries } from "./history.ts";
import { renderImportance } from "./importance.ts";
import { renderLeaderboard } from "./leaderboard.ts";
import { rankedAlgorithms, rankingMetric } from "./ranking.ts";
import { renderStepTable, stepTable } from "./step-scores.ts";
import { PLAIN_STYLE, paint, type Style } from "./style.ts";
import { relativeGain, renderSummary } from "./summary.ts";
import { renderTrials } from "./trials.ts";
import { renderBands, renderBestPossible, renderLocations, renderRules } from "./verdicts.ts";

/** What a run says to a person at its end: leaderboard, mistakes, importance of the champion, facts. */
export function renderTrainReport(document: TrainDocument, style: Style): string {
  const winner = document.algorithms.find((algorithm) => algorithm.name === document.champion);
  const sections: [string, string][] = [
    ["", renderLeaderboard(document, style)],
    ...stepTexts(document, style),
    ["Benchmark", document.benchmark === undefined ? "" : renderBenchmark(document.benchmark, style)],
    ["", document.bestPossible === undefined ? "" : renderBestPossible(document.bestPossible)],
    ["As classes", renderBands(document, style)],
    ["Rules", document.rules === undefined ? "" : renderRules(document.rules, style)],
    [
      `${document.locations?.places.length ?? 0} places that no training row comes from (rmse, synthetic rows)`,
      document.locations === undefined ? "" : renderLocations(document.locations, document.champion, style),
    ],
    ...document.algorithms.flatMap(({ name, search }): [string, string][] =>
      search === undefined ? [] : [[`Trials of ${name}`, renderTrials(search, style)]],
    ),
    [
      "Actual and predicted classes (test rows)",
      document.confusion === undefined ? "" : renderConfusion(document.confusion, style),
    ],
    [
      `What ${winner?.name} looks at`,
      winner?.importance === undefined ? "" : renderImportance(winner.importance, style),
    ],
    ["", renderSummary(document, style)],
  ];
  return sections
    .filter(([, body]) => body !== "")
    .map(([title, body]) => (title === "" ? body : `${paint(style, "bold", title)}\n${body}`))
    .join("\n\n");
}

function stepTexts(document: TrainDocument, style: Style): [string, string][] {
  const table = stepTable(document);
  if (table === null) return [];
  return [[`By steps ahead: ${table.measures}`, renderStepTable(table, style)]];
}

/**
 * The comparison of a run's algorithms, to be kept beside the model: as text (100 columns, no colour) and as JSON (finite
 * numbers or null only).
 */
export function comparisonReport(document: TrainDocument): { text: string; json: JsonObject } {
  const curves = rankedAlgorithms(document)
    .map((algorithm) => renderLearningCurve(algorithm, PLAIN_STYLE))
    .filter((curve) => curve !== "");
  const text = [renderTrainReport(document, PLAIN_STYLE), ...curves].join("\n\n");
  return { text: `${text}\n`, json: comparisonJson(document) };
}

/** What was watched while an algorithm learnt, as a plot; empty where it reported nothing. */
export function renderLearningCurve(algorithm: AlgorithmResult, style: Style): string {
  const { history } = algorithm;
  if (history === undefined) return "";
  const watched = watchedSeries(history);
  if (watched === undefined) return "";
  return renderCurve({ ...watched, name: `${algorithm.name}: ${watched.name}` }, history.unit, style);
}

function comparisonJson(document: TrainDocument): JsonObject {
  const ranked = rankedAlgorithms(document);
  return {
    schemaVersion: 1,
    run: document.run,
    champion: document.champion,
    rankedBy: rankingMetric(document) ?? null,
    seed: document.seed,
    rows: finite(document.rows) as JsonObject,
    algorithms: ranked.map((algorithm, index) => ({
      place: index + 1,
      name: algorithm.name,
      metrics: finite(algorithm.metrics),
      seconds: finite(algorithm.seconds),
      error: algorithm.error ?? null,
      championIsBetterBy:
        algorithm.name === document.champion ? null : finite(relativeGain(document, algorithm.name)?.share),
    })),
  };
}

/** A copy that JSON can say: numbers that are not finite and absent values become null. */
function finite(value: unknown): JsonValue {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map(finite);
  if (typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, finite(item)]));
  return typeof value === "string" || typeof value === "boolean" ? value : null;
}
