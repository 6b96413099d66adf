import { renderBarChart } from "../charts/bar-chart.ts";
import { escapeText, type Markup } from "../charts/svg.ts";
import type { AlgorithmResult, TrainDocument } from "../document.ts";
import { formatNumber, formatSeconds } from "../format.ts";
import { higherIsBetter, metricNames, metricOf, rankedAlgorithms, rankingMetric } from "../ranking.ts";
import { stepTable } from "../step-scores.ts";
import { card, cards, type HtmlColumn, htmlTable, numberText, type Section } from "./parts.ts";
import { nameOf } from "./summary-header.ts";

const ROLES = new Map(
  Object.entries({
    validation: "the validation rows",
    crossValidation: "the mean over the folds",
    test: "the test rows",
    train: "the training rows",
  }),
);

/** All algorithms side by side. */
export function leaderboardSection(document: TrainDocument): Section {
  const ranked = rankedAlgorithms(document);
  const metric = rankingMetric(document);
  const by = ROLES.get(document.rankedBy ?? "") ?? "held-out rows";
  const untouched =
    (document.rows.test ?? 0) > 0 && document.rankedBy !== "test" ? "; the test rows decided nothing" : "";
  const better = metric === undefined ? "" : higherIsBetter(metric) ? "more is better" : "less is better";
  return {
    id: "leaderboard",
    short: "Leaderboard",
    title: "Leaderboard",
    lead: `Ranked by ${escapeText(metric ?? "score")} (${better}) on ${by}${untouched}.`,
    body:
      ranked.length === 0
        ? ""
        : cards(
            card("Every algorithm", "", table(document, ranked, metric), true),
            stepsCard(document),
            scores(ranked, metric),
          ),
  };
}

/** Errors by steps ahead, of forecasts of several. */
function stepsCard(document: TrainDocument): Markup {
  const found = stepTable(document);
  if (found === null) return "";
  const { measures, steps, rows } = found;
  const columns = steps.map((step): HtmlColumn => ({ title: step === 1 ? "1 step" : `${step} steps`, number: true }));
  const cells = rows.map((row) => ({ cells: row.map(escapeText) }));
  return card(
    "By steps ahead",
    measures,
    htmlTable("By steps ahead", [{ title: "Algorithm" }, ...columns], cells),
    true,
  );
}

function table(document: TrainDocument, ranked: readonly AlgorithmResult[], metric: string | undefined): Markup {
  const tested = metricNames(ranked, "test");
  const validated = metric !== undefined && ranked.some(({ metrics }) => metrics.validation?.[metric] != null);
  const folded =
    metric !== undefined && ranked.some(({ crossValidation }) => crossValidation?.metrics[metric]?.mean != null);
  const number = (title: string): HtmlColumn => ({ title, number: true });
  const columns: HtmlColumn[] = [
    { title: "Algorithm" },
    ...(validated ? [number(`validation ${metric}`)] : []),
    ...(folded ? [number(`folds ${metric}`)] : []),
    ...tested.map((name) => number(`test ${name}`)),
    number("training"),
  ];
  const rows = ranked.map((algorithm) => {
    const folds = metric === undefined ? undefined : algorithm.crossValidation?.metrics[metric];
    const spread = folds === undefined ? "–" : `${formatNumber(folds.mean)} ± ${formatNumber(folds.std)}`;
    const cells = [
      escapeText(nameOf(algorithm)) +
        (algorithm.error === undefined ? "" : ` <span class="bad">${escapeText(algorithm.error)}</span>`) +
        (algorithm.brokenRule === undefined
          ? ""
          : ` <span class="bad">breaks the rule ${escapeText(algorithm.brokenRule.rule)}, so it cannot be champion</span>`),
      ...(validated ? [numberText(algorithm.metrics.validation?.[metric])] : []),
      ...(folded ? [spread] : []),
      ...tested.map((name) => numberText(algorithm.metrics.test?.[name])),
      algorithm.error === undefined ? formatSeconds(algorithm.seconds) : "–",
    ];
    const kind =
      algorithm.name === document.champion ? "champion" : algorithm.name === "baseline" ? "faint" : undefined;
    return { cells, ...(kind === undefined ? {} : { class: kind }) };
  });
  return htmlTable("Leaderboard", columns, rows);
}

function scores(ranked: readonly AlgorithmResult[], metric: string | undefined): Markup {
  if (metric === undefined) return "";
  const bars = ranked.flatMap((algorithm) => {
    const value = algorithm.metrics.test?.[metric] ?? metricOf(algorithm, metric);
    if (value === null) return [];
    const tone = algorithm.name === "baseline" ? 0 : 1;
    return [{ name: nameOf(algorithm), value, text: formatNumber(value), tone }];
  });
  const seconds = ranked
    .filter(({ error }) => error === undefined)
    .map((algorithm) => ({
      name: nameOf(algorithm),
      value: algorithm.seconds,
      text: formatSeconds(algorithm.seconds),
      tone: 5,
    }));
  const what = higherIsBetter(metric) ? "Longer is better." : "Shorter is better.";
  const score = {
    id: "scores",
    title: `${metric} by algorithm`,
    description: bars.map(({ name, text }) => `${name} ${text}`).join(", "),
  };
  const time = {
    id: "times",
    title: "Training time by algorithm",
    description: seconds.map(({ name, text }) => `${name} ${text}`).join(", "),
  };
  return (
    (bars.length === 0
      ? ""
      : card(metric, `On the rows that no algorithm learnt from. ${what}`, renderBarChart(score, bars))) +
    (seconds.length === 0
      ? ""
      : card("Training time", "Over all processes of the run, folds included.", renderBarChart(time, seconds)))
  );
}
