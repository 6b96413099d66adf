import type { LearningHistory } from "../../core/index.ts";
import { type LineSeries, renderLineChart } from "../charts/line-chart.ts";
import type { Markup } from "../charts/svg.ts";
import type { AlgorithmResult, TrainDocument } from "../document.ts";
import { formatCount, formatNumber, pluralOf } from "../format.ts";
import { higherIsBetter, rankedAlgorithms } from "../ranking.ts";
import { card, cards, type Section } from "./parts.ts";
import { nameOf } from "./summary-header.ts";

const SERIES_SHOWN = 4;
/** The worst values at the start are cut where they leave no room for the rest: this many times the range of the later ones. */
const HEADROOM = 3;

/** How each algorithm got better, step by step. */
export function learningSection(document: TrainDocument): Section {
  const charts = rankedAlgorithms(document).flatMap((algorithm, index) =>
    algorithm.history === undefined || algorithm.history.steps.length < 2
      ? []
      : [learningCard(algorithm, algorithm.history, index)],
  );
  return {
    id: "learning",
    short: "Learning",
    title: "Learning curves",
    lead: "What training reported at each step. Where the two lines part, the model begins to learn its rows by heart; the ring marks the best step on rows that it did not learn from.",
    body: charts.length === 0 ? "" : cards(...charts),
  };
}

function learningCard(algorithm: AlgorithmResult, history: LearningHistory, index: number): Markup {
  const names = Object.keys(history.series)
    .sort((a, b) => Number(isValidation(b)) - Number(isValidation(a)) || (a < b ? -1 : 1))
    .slice(0, SERIES_SHOWN);
  const series = names.map((name, i): LineSeries => {
    const points = history.series[name]!.flatMap((value, at): [number, number][] =>
      value === null ? [] : [[history.steps[at]!, value]],
    );
    return { name: name.replace(".", " "), points, tone: isValidation(name) ? 1 : i === 0 ? 1 : 2, dashed: false };
  });
  const watched = series.find((_, i) => isValidation(names[i]!));
  const metric = names[0]?.split(".").at(-1) ?? "loss";
  const best = watched === undefined ? undefined : bestPoint(watched.points, higherIsBetter(metric));
  const last = history.steps.at(-1)!;
  const note =
    best === undefined
      ? `${formatCount(last)} ${pluralOf(history.unit)}.`
      : `Best ${metric} ${formatNumber(best[1])} at ${history.unit} ${formatCount(best[0])} of ${formatCount(last)}.`;
  const chart = renderLineChart({
    id: `learning-${index}`,
    title: `Learning curve of ${nameOf(algorithm)}`,
    description: note,
    xLabel: pluralOf(history.unit),
    yLabel: metric,
    series,
    legend: true,
    xWhole: true,
    yDomain: domainOf(series),
    ...(best === undefined ? {} : { marks: [{ x: best[0], y: best[1], text: note, tone: 1 }] }),
  });
  return card(nameOf(algorithm), note, chart);
}

function isValidation(name: string): boolean {
  return name.startsWith("validation");
}

function bestPoint(
  points: readonly (readonly [number, number])[],
  higher: boolean,
): readonly [number, number] | undefined {
  let best = points[0];
  for (const point of points)
    if (best === undefined || (higher ? point[1] > best[1] : point[1] < best[1])) best = point;
  return best;
}

function domainOf(series: readonly LineSeries[]): [number, number] {
  const all = series.flatMap(({ points }) => points.map(([, y]) => y)).sort((a, b) => a - b);
  const low = all[0] ?? 0;
  const high = all.at(-1) ?? 1;
  const most = all[Math.floor(0.9 * (all.length - 1))] ?? high;
  return [low, Math.min(high, most > low ? low + HEADROOM * (most - low) : high)];
}
