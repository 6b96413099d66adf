import type { RegressionSummary } from "../../core/index.ts";
import { renderDensity } from "../charts/density-chart.ts";
import { renderHistogram } from "../charts/histogram-chart.ts";
import { renderLineChart } from "../charts/line-chart.ts";
import type { Markup } from "../charts/svg.ts";
import type { TrainDocument } from "../document.ts";
import { formatNumber, formatPlural } from "../format.ts";
import { card } from "./parts.ts";

/** Density, residuals and calibration of predicted numbers. */
export function regressionCards(summary: RegressionSummary, { target }: TrainDocument): Markup[] {
  const what = target ?? "target";
  return [densityCard(summary, what), calibrationCard(summary, what), spreadCard(summary, what), residualCard(summary)];
}

function densityCard({ density }: RegressionSummary, target: string): Markup {
  const beyond = density.outside === 0 ? "" : ` ${formatPlural(density.outside, "row")} beyond the scale.`;
  const chart = renderDensity({
    id: "density",
    title: "Predicted against actual values",
    description: `Rows by predicted and actual ${target}; the diagonal is a perfect prediction.`,
    xLabel: `predicted ${target}`,
    yLabel: `actual ${target}`,
    ...density,
  });
  return card(
    "Predicted against actual",
    `The darker, the more rows; on the dashed line a prediction is perfect.${beyond}`,
    chart,
  );
}

function calibrationCard({ groups, density }: RegressionSummary, target: string): Markup {
  const all = groups.flatMap(({ predicted, actual }) => [predicted, actual]);
  const domain: [number, number] = [Math.min(...all), Math.max(...all)];
  if (domain[0] === domain[1]) return "";
  const worst = Math.max(...groups.map(({ predicted, actual }) => Math.abs(predicted - actual)));
  const chart = renderLineChart({
    id: "calibration",
    title: "Calibration of groups of rows",
    description: `Mean predicted and mean actual ${target} of ${groups.length} groups of equal size.`,
    xLabel: `mean predicted ${target}`,
    yLabel: `mean actual ${target}`,
    series: [
      {
        name: "group",
        tone: 1,
        points: groups.map(({ predicted, actual }) => [predicted, actual] as const),
        dots: () => 4,
      },
    ],
    reference: { from: [density.low, density.low], to: [density.high, density.high], name: "calibrated" },
    xDomain: domain,
    yDomain: domain,
    square: true,
  });
  return card(
    "Calibration",
    `Rows in ${groups.length} groups by their prediction: means differ by ${formatNumber(worst)} at most.`,
    chart,
  );
}

function spreadCard({ groups }: RegressionSummary, target: string): Markup {
  const x = groups.map(({ predicted }) => predicted);
  const quantile = (at: number): number[] => groups.map(({ residuals }) => residuals[at]!);
  const chart = renderLineChart({
    id: "spread",
    title: "Residuals by prediction",
    description: `Quantiles of actual minus predicted ${target} over the predicted ${target}.`,
    xLabel: `predicted ${target}`,
    yLabel: "actual − predicted",
    bands: [
      { name: "90 % of the rows", tone: 1, x, low: quantile(0), high: quantile(4), opacity: 0.13 },
      { name: "half of the rows", tone: 1, x, low: quantile(1), high: quantile(3), opacity: 0.22 },
    ],
    series: [{ name: "median", tone: 1, points: x.map((value, i) => [value, groups[i]!.residuals[2]!] as const) }],
    reference: { from: [Math.min(...x), 0], to: [Math.max(...x), 0], name: "no error" },
  });
  return card(
    "Residuals by prediction",
    "Median, half and 90 % of the rows. A bow says that something is missed; a funnel, where errors grow.",
    chart,
  );
}

function residualCard({ residuals }: RegressionSummary): Markup {
  const chart = renderHistogram({
    id: "residuals",
    title: "Residuals",
    description: "Rows by actual minus predicted value.",
    xLabel: "actual − predicted",
    series: [{ name: "residual", tone: 1, ...residuals }],
    reference: 0,
  });
  return card("Residuals", "Right of the line the prediction was too low, left of it too high.", chart);
}
