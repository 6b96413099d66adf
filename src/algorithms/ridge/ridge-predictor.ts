import {
  type FeatureSpec,
  type FeatureTable,
  KaaykoError,
  type ModelContent,
  type Predictor,
} from "../../core/index.ts";
import { entryOf, planTerms } from "./terms.ts";

/** @throws KaaykoError (damaged) for a model that does not fit the features */
export function createRidgePredictor(
  { formatVersion, arrays }: ModelContent,
  features: readonly FeatureSpec[],
): Predictor {
  const { terms, width } = planTerms(features);
  const { coefficients } = arrays;
  const fits =
    coefficients instanceof Float64Array && coefficients.length === width + 1 && coefficients.every(Number.isFinite);
  if (formatVersion !== 1 || !fits)
    throw new KaaykoError({
      action: "use a ridge model",
      rule: "it must have a finite coefficient a term",
      kind: "damaged",
    });
  const addedBy = (table: FeatureTable, feature: number, row: number): number => {
    const entry = entryOf(terms[feature]!, table.columns[feature]!, row);
    return entry === null ? 0 : coefficients[entry[0]]! * entry[1];
  };
  const constant = coefficients[width]!;
  return {
    predict: async (table) =>
      Float64Array.from({ length: table.rows }, (_, row) =>
        terms.reduce((sum, _, feature) => sum + addedBy(table, feature, row), constant),
      ),
    explain: async (table) => ({
      outputs: 1,
      base: Float64Array.of(constant),
      values: Float64Array.from({ length: table.rows * terms.length }, (_, i) =>
        addedBy(table, i % terms.length, Math.floor(i / terms.length)),
      ),
    }),
    importance: () => null,
    dispose: async () => {},
  };
}
