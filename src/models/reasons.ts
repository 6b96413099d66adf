import type { Column, FeatureSpec, FeatureTable } from "../core/index.ts";
import { wordsOf } from "../features/index.ts";
import type { Model } from "./package.ts";
import type { ModelPredictor } from "./predictor.ts";

/** Reasons that are given at most, and the share of a score from which on a feature is one. */
const MOST = 3;
const LEAST_SHARE = 0.1;

/**
 * Why rows are taken for anomalies, in words, the most telling first: none for rows that are not, and where the algorithm cannot say.
 *
 * @param predictions scores of the rows
 */
export async function reasonsOf(
  predictor: ModelPredictor,
  table: FeatureTable,
  predictions: Float64Array,
): Promise<readonly (readonly string[])[]> {
  const { model } = predictor;
  const odd = Array.from(predictions, (score) => score >= model.threshold);
  if (model.task.kind !== "anomaly" || !predictor.explains || !odd.includes(true)) return odd.map(() => []);
  const { values } = await predictor.explain(table);
  const width = table.columns.length;
  return odd.map((is, row) =>
    is ? reasonsOfRow(model, table, row, values.subarray(row * width, (row + 1) * width)) : [],
  );
}

function reasonsOfRow({ pipeline }: Model, table: FeatureTable, row: number, shares: Float64Array): string[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const order = Array.from(shares.keys()).sort((a, b) => shares[b]! - shares[a]! || a - b);
  const telling = order
    .slice(0, MOST)
    .filter((feature) => shares[feature]! >= LEAST_SHARE * total && shares[feature]! > 0);
  const said = telling.map((feature) => {
    const spec = pipeline.features[feature]!;
    const column = table.columns[feature]!;
    if (column.kind === "categorical") return `${spec.name} is a rare one`;
    const value = column.values[row]!;
    return wordsOf(pipeline.derived, spec.name, value > spec.mean) ?? inWords(spec, value);
  });
  return [...new Set(said)];
}

function inWords({ name, mean, min, max }: FeatureSpec, value: number): string {
  const side = value > mean ? "high" : "low";
  const number = (of: number) => String(Number(of.toPrecision(4)));
  return `${name} is unusually ${side}: ${number(value)}, usually about ${number(mean)} (${number(min)} to ${number(max)})`;
}

/** The reasons of each row as a column; missing where there are none. */
export function reasonColumn(reasons: readonly (readonly string[])[]): Column {
  const known = new Map<string, number>();
  const codes = Uint32Array.from(reasons, (own) => {
    if (own.length === 0) return 0;
    const text = own.join("; ");
    if (!known.has(text)) known.set(text, known.size + 1);
    return known.get(text)!;
  });
  return { kind: "categorical", name: "reasons", codes, dictionary: [...known.keys()] };
}
