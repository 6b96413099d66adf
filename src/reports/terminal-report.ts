import type { ClassificationSummary, PermutationImportance, RegressionSummary } from "../core/index.ts";
import { renderBar } from "./bars.ts";
import { renderLearningCurve, renderTrainReport } from "./comparison.ts";
import { renderDensityText } from "./density.ts";
import type { TrainDocument } from "./document.ts";
import { formatCount, formatNumber, formatShare } from "./format.ts";
import { labelTexts } from "./label-texts.ts";
import { rankedAlgorithms } from "./ranking.ts";
import { paint, printable, type Style } from "./style.ts";
import { renderTable } from "./table.ts";

const FEATURES_SHOWN = 10;

/** Everything of a report that fits a terminal: what `train` says at its end, and the plots of the page. */
export function renderTerminalReport(document: TrainDocument, style: Style): string {
  const { explanation } = document;
  const summary = explanation?.predictions;
  const curves = rankedAlgorithms(document).map((algorithm) => renderLearningCurve(algorithm, style));
  const sections: [string, string][] = [
    ["", renderTrainReport(document, style)],
    ...curves.map((curve): [string, string] => ["", curve]),
    ["Importance by shuffling", permutationText(explanation?.permutation, style)],
    ...(summary?.kind === "regression" ? regressionTexts(summary, style) : []),
    ...(summary?.kind === "classification" ? classificationTexts(summary, style) : []),
    ...labelTexts(document, style),
  ];
  return sections
    .filter(([, body]) => body !== "")
    .map(([title, body]) => (title === "" ? body : `${paint(style, "bold", title)}\n${body}`))
    .join("\n\n");
}

function permutationText(permutation: PermutationImportance | undefined, style: Style): string {
  if (permutation === undefined || permutation.features.length === 0) return "";
  const most = Math.max(1e-300, permutation.features[0]!.mean);
  const rows = permutation.features
    .slice(0, FEATURES_SHOWN)
    .map(({ feature, mean, std }) => [
      printable(feature),
      permutation.repeats > 1 ? `${formatNumber(mean)} ± ${formatNumber(std)}` : formatNumber(mean),
      paint(style, "cyan", renderBar(mean / most, 30, style)),
    ]);
  const columns = [
    { title: "feature" },
    { title: `${permutation.metric} worse by`, align: "right" as const },
    { title: "", optional: 1 },
  ];
  return renderTable(columns, rows, style);
}

function regressionTexts(summary: RegressionSummary, style: Style): [string, string][] {
  const number = (title: string) => ({ title, align: "right" as const });
  const rows = summary.groups.map(({ rows, predicted, actual, residuals }) => [
    formatCount(rows),
    formatNumber(predicted),
    formatNumber(actual),
    formatNumber(residuals[0]),
    formatNumber(residuals[4]),
  ]);
  const columns = [number("rows"), number("predicted"), number("actual"), number("error from 5 %"), number("to 95 %")];
  return [
    ["Predicted (right) against actual (up)", renderDensityText(summary, style)],
    ["Calibration: means of groups by prediction", renderTable(columns, rows, style)],
  ];
}

function classificationTexts(
  { reliability, calibrationError }: ClassificationSummary,
  style: Style,
): [string, string][] {
  const rows = reliability.map(({ rows, predicted, actual }) => [
    formatCount(rows),
    formatShare(predicted),
    formatShare(actual),
    paint(style, "cyan", renderBar(actual, 30, style)),
  ]);
  const number = (title: string) => ({ title, align: "right" as const });
  const columns = [number("rows"), number("claimed"), number("true"), { title: "", optional: 1 }];
  return [[`Calibration: off by ${formatShare(calibrationError)} on average`, renderTable(columns, rows, style)]];
}
