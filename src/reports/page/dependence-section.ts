import type { PartialDependence } from "../../core/index.ts";
import { renderLineChart } from "../charts/line-chart.ts";
import { renderRangeChart } from "../charts/range-chart.ts";
import type { Markup } from "../charts/svg.ts";
import type { TrainDocument } from "../document.ts";
import { formatCount } from "../format.ts";
import { card, cards, type Section } from "./parts.ts";

/** How the prediction moves with each of the most important features. */
export function dependenceSection({ explanation, target }: TrainDocument): Section {
  const features = explanation?.partialDependence ?? [];
  const charts = features.map((dependence, index) => dependenceCard(dependence, index, target ?? "prediction"));
  return {
    id: "dependence",
    short: "Dependence",
    title: "How predictions change",
    lead: "Partial dependence: the mean prediction when one feature is set to each value and all others stay as they are. The shade holds the middle four fifths of the rows.",
    body: charts.length === 0 ? "" : cards(...charts),
  };
}

function dependenceCard(dependence: PartialDependence, index: number, target: string): Markup {
  const { feature, outputs, rows, kind } = dependence;
  const single = outputs.length === 1 ? outputs[0]! : undefined;
  const valueLabel =
    single === undefined ? "probability" : single.label === null ? target : `probability of ${single.label}`;
  const text = {
    id: `dependence-${index}`,
    title: `Partial dependence on ${feature}`,
    description: `Mean ${valueLabel} by ${feature}, from ${describeRange(dependence)}.`,
  };
  const draw = kind === "numeric" ? drawNumbers : drawCategories;
  return card(feature, `Over ${formatCount(rows)} rows.`, draw(dependence, text, valueLabel));
}

function describeRange({ outputs, values }: PartialDependence): string {
  const { mean } = outputs[0]!;
  return `${mean[0]!.toPrecision(4)} at ${values[0]} to ${mean.at(-1)!.toPrecision(4)} at ${values.at(-1)}`;
}

type Text = { readonly id: string; readonly title: string; readonly description: string };

function drawNumbers({ feature, outputs, values }: PartialDependence, text: Text, valueLabel: string): Markup {
  const x = values as readonly number[];
  return renderLineChart({
    ...text,
    xLabel: feature,
    yLabel: valueLabel,
    series: outputs.map(({ label, mean }, i) => ({
      name: label ?? "mean",
      tone: i + 1,
      points: mean.map((value, at): [number, number] => [x[at]!, value]),
    })),
    bands:
      outputs.length > 1
        ? []
        : [{ name: "middle four fifths of the rows", tone: 1, x, low: outputs[0]!.low, high: outputs[0]!.high }],
    rug: x,
  });
}

function drawCategories({ outputs, values }: PartialDependence, text: Text, valueLabel: string): Markup {
  return renderRangeChart({
    ...text,
    valueLabel,
    rows: values.map((value, at) => ({
      name: String(value),
      dots: outputs.map(({ label, mean, low, high }, i) => ({
        name: outputs.length > 1 ? (label ?? "") : "",
        value: mean[at]!,
        low: outputs.length > 1 ? mean[at]! : low[at]!,
        high: outputs.length > 1 ? mean[at]! : high[at]!,
        tone: i + 1,
      })),
    })),
  });
}
