import {
  type FeatureTable,
  KaaykoError,
  type ModelContent,
  type Predictor,
  type Task,
  type Trainer,
  type WindowPart,
} from "../../core/index.ts";

/** The last reading of each row's window; NaN where it has none. */
export function lastReadings(table: FeatureTable): Float64Array {
  const { steps, channels, series, ends } = windowsOf(table);
  return Float64Array.from({ length: table.rows }, (_, row) => {
    for (let step = ends[row]! - 1; step >= ends[row]! - steps; step--) {
      const value = series[step * channels]!;
      if (!Number.isNaN(value)) return value;
    }
    return Number.NaN;
  });
}

function windowsOf({ parts = [] }: FeatureTable): WindowPart {
  const found = parts.find((part) => part.kind === "windows");
  if (found !== undefined) return found;
  throw new KaaykoError({ action: "forecast", rule: "there must be windows of series", kind: "input" });
}

/** Forecasts of one value a step as outputs, every quantile the same. */
export function repeatQuantiles(values: Float64Array, { quantiles }: Task): Float64Array {
  const levels = quantiles?.length ?? 1;
  if (levels === 1) return values;
  return Float64Array.from({ length: values.length * levels }, (_, i) => values[Math.floor(i / levels)]!);
}

/** A trainer that learns a few facts in one step. */
export function createFactTrainer(learn: () => Promise<ModelContent>): Trainer {
  let made: Promise<ModelContent> | null = null;
  let step = 0;
  return {
    version: 1,
    async step() {
      made ??= learn();
      await made;
      step++;
      return { done: true, step, total: 1, unit: "pass" };
    },
    getState: () => ({ json: { step }, arrays: {} }),
    setState: ({ json }) => {
      if (typeof json.step !== "number")
        throw new KaaykoError({ action: "restore a naive forecast", rule: "its state must be whole", kind: "damaged" });
      step = json.step;
    },
    model: () => {
      made ??= learn();
      return made;
    },
    dispose: async () => {},
  };
}

/** The value where nothing else is known. @throws KaaykoError (damaged) */
export function fallbackOf(model: ModelContent): number {
  const { fallback } = model.json;
  if (model.formatVersion === 1 && typeof fallback === "number") return fallback;
  throw new KaaykoError({ action: `load ${model.algorithm}`, rule: "it must hold a finite number", kind: "damaged" });
}

/** A predictor without anything to dispose of. */
export function plainPredictor(predict: (table: FeatureTable) => Float64Array): Predictor {
  return { predict: async (table) => predict(table), importance: () => null, dispose: async () => {} };
}
