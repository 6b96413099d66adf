import type { ClassificationSummary } from "../../core/index.ts";
import { CONFUSION_CLASSES, renderConfusionChart } from "../charts/confusion-chart.ts";
import { renderHistogram } from "../charts/histogram-chart.ts";
import { type LineSeries, renderLineChart } from "../charts/line-chart.ts";
import type { Markup } from "../charts/svg.ts";
import type { TrainDocument } from "../document.ts";
import { formatNumber, formatShare } from "../format.ts";
import { card } from "./parts.ts";

type Predictions = ClassificationSummary | undefined;

/** Confusion, ROC, precision and recall, reliability, separation. */
export function classificationCards(summary: Predictions | { kind: "regression" }, document: TrainDocument): Markup[] {
  const known = summary?.kind === "classification" ? summary : undefined;
  return [
    confusionCard(document),
    ...(known === undefined
      ? []
      : [rocCard(known), precisionCard(known), reliabilityCard(known), separationCard(known, document)]),
  ].filter((chart) => chart !== "");
}

function confusionCard({ confusion }: TrainDocument): Markup {
  if (confusion === undefined) return "";
  const total = confusion.counts.flat().reduce((sum, count) => sum + count, 0);
  const right = confusion.counts.reduce((sum, row, i) => sum + row[i]!, 0);
  const share = total === 0 ? "" : `${formatShare(right / total)} of the rows are on the diagonal.`;
  const cut =
    confusion.classes.length > CONFUSION_CLASSES
      ? ` The first ${CONFUSION_CLASSES} of ${confusion.classes.length} classes.`
      : "";
  const text = { id: "confusion", title: "Actual and predicted classes", description: share };
  return card("Confusion", `${share} Shades are shares of a row.${cut}`, renderConfusionChart(text, confusion));
}

function rocCard({ curves }: ClassificationSummary): Markup {
  const chart = renderLineChart({
    id: "roc",
    title: "ROC curve",
    description: curves.map(({ label, auc }) => `${label}: area ${formatNumber(auc)}`).join(", "),
    xLabel: "false positive rate",
    yLabel: "true positive rate",
    series: curves.map((curve, i) => line(curve.label, i, curve.falsePositiveRate, curve.truePositiveRate)),
    reference: { from: [0, 0], to: [1, 1], name: "guessing" },
    xDomain: [0, 1],
    yDomain: [0, 1],
    square: true,
  });
  const areas =
    curves.length === 1 ? `Area under the curve ${formatNumber(curves[0]!.auc)}.` : "Each class against the rest.";
  return card("ROC", `${areas} The dashed line is guessing.`, chart);
}

function precisionCard({ curves }: ClassificationSummary): Markup {
  const chart = renderLineChart({
    id: "precision",
    title: "Precision and recall",
    description: curves
      .map(({ label, averagePrecision }) => `${label}: average precision ${formatNumber(averagePrecision)}`)
      .join(", "),
    xLabel: "recall",
    yLabel: "precision",
    series: curves.map((curve, i) => line(curve.label, i, curve.recall, curve.precision)),
    ...(curves.length === 1
      ? { reference: { from: [0, curves[0]!.share] as const, to: [1, curves[0]!.share] as const, name: "guessing" } }
      : {}),
    xDomain: [0, 1],
    yDomain: [0, 1],
    square: true,
  });
  const only =
    curves.length === 1
      ? `Average precision ${formatNumber(curves[0]!.averagePrecision)}.`
      : "Each class against the rest.";
  return card("Precision and recall", `${only} From the surest row on the left to all rows on the right.`, chart);
}

function line(name: string, index: number, x: readonly number[], y: readonly number[]): LineSeries {
  return { name, tone: index + 1, points: x.map((value, i) => [value, y[i]!] as const) };
}

function reliabilityCard({ reliability, calibrationError }: ClassificationSummary): Markup {
  const most = Math.max(...reliability.map(({ rows }) => rows));
  const chart = renderLineChart({
    id: "reliability",
    title: "Reliability of the probabilities",
    description: reliability
      .map(({ predicted, actual }) => `claimed ${formatShare(predicted)}, true ${formatShare(actual)}`)
      .join("; "),
    xLabel: "predicted probability",
    yLabel: "share that was so",
    series: [
      {
        name: "bin",
        tone: 1,
        points: reliability.map(({ predicted, actual }) => [predicted, actual] as const),
        dots: (i) => 2.5 + 5 * Math.sqrt(reliability[i]!.rows / most),
      },
    ],
    reference: { from: [0, 0], to: [1, 1], name: "calibrated" },
    xDomain: [0, 1],
    yDomain: [0, 1],
    square: true,
  });
  const note = `On the dashed line a claimed probability comes true as often as it says; on average they differ by ${formatShare(calibrationError)}. Larger dots hold more rows.`;
  return card("Reliability", note, chart);
}

function separationCard({ separation, curves }: ClassificationSummary, { confusion }: TrainDocument): Markup {
  if (separation === null) return "";
  const positive = curves[0]?.label ?? "second class";
  const names = confusion?.classes ?? ["the other class", positive];
  const chart = renderHistogram({
    id: "separation",
    title: "Predicted probability by class",
    description: `Rows of each class by the predicted probability of ${positive}.`,
    xLabel: `predicted probability of ${positive}`,
    series: [
      { name: names[1]!, tone: 1, ...separation[1]! },
      { name: names[0]!, tone: 2, ...separation[0]! },
    ],
    shares: true,
  });
  return card("Separation", "How far the two classes lie apart: each as shares of its own rows.", chart);
}
