import {
  type DependenceOutput,
  type FeatureColumn,
  type FeatureTable,
  type JsonObject,
  KaaykoError,
  outputsOf,
  type PartialDependence,
  type Predictor,
  type State,
  type StepReport,
} from "../../core/index.ts";
import { frequentClasses, quantileOfSorted } from "../../metrics/index.ts";
import type { CompactExamples } from "../compact.ts";
import type { Work } from "../sequence.ts";
import { thinRows } from "./sample-rows.ts";
import type { ExplainedModel } from "./subject.ts";

const ROWS = 250;
const GRID_POINTS = 24;
const CATEGORIES = 10;
/** Where the outermost values of a number's grid lie: beyond them are too few rows to say anything. */
const OUTERMOST = 0.02;

/** What is predicted when a feature takes each of several values: a feature a step. */
export async function createPartialDependence(
  model: ExplainedModel,
  features: readonly string[],
  categories: (feature: string) => readonly string[],
): Promise<Work> {
  const predictor = await model.createPredictor();
  return new Dependence(model, predictor, features, categories);
}

class Dependence implements Work {
  readonly version = 1;
  readonly #model: ExplainedModel;
  readonly #predictor: Predictor;
  readonly #features: readonly string[];
  readonly #categories: (feature: string) => readonly string[];
  readonly #rows: CompactExamples;
  #done = 0;
  #found: PartialDependence[] = [];

  constructor(
    model: ExplainedModel,
    predictor: Predictor,
    features: readonly string[],
    categories: (feature: string) => readonly string[],
  ) {
    this.#model = model;
    this.#predictor = predictor;
    this.#features = features;
    this.#categories = categories;
    this.#rows = thinRows(model.examples, ROWS);
  }

  async step(): Promise<StepReport> {
    const feature = this.#features[this.#done];
    if (feature !== undefined) {
      const found = await this.#measure(feature);
      if (found !== null) this.#found.push(found);
    }
    this.#done++;
    const total = Math.max(1, this.#features.length);
    return { done: this.#done >= total, step: this.#done, total, unit: "feature" };
  }

  getState(): State {
    return { json: { done: this.#done, found: JSON.parse(JSON.stringify(this.#found)) }, arrays: {} };
  }

  setState({ json }: State): void {
    const { done, found } = json;
    if (typeof done !== "number" || !Array.isArray(found))
      throw new KaaykoError({ action: "continue an explanation", rule: "its state must be whole", kind: "damaged" });
    this.#done = done;
    this.#found = found as unknown as PartialDependence[];
  }

  async result(): Promise<State> {
    return { json: { features: this.#found as unknown as JsonObject[] }, arrays: {} };
  }

  dispose(): Promise<void> {
    return this.#predictor.dispose();
  }

  async #measure(feature: string): Promise<PartialDependence | null> {
    const at = this.#rows.table.columns.findIndex((column) => column.name === feature);
    const seen = this.#model.examples.table.columns[at];
    if (seen === undefined) return null;
    const grid = gridOf(seen);
    if (grid.length < 2) return null;
    const { rows } = this.#rows.table;
    const predictions = await this.#predictor.predict(repeated(this.#rows.table, at, grid));
    const names = this.#categories(feature);
    return {
      feature,
      kind: seen.kind,
      rows,
      values: seen.kind === "numeric" ? grid : grid.map((code) => names[code - 1] ?? `category ${code}`),
      outputs: this.#outputs(predictions, grid.length, rows),
    };
  }

  #outputs(predictions: Float64Array, points: number, rows: number): DependenceOutput[] {
    const { task, examples } = this.#model;
    const width = outputsOf(task);
    const shown = width === 1 ? [0] : frequentClasses(width, examples.target);
    return shown.map((output) => {
      const byPoint = Array.from({ length: points }, (_, point) =>
        Float64Array.from({ length: rows }, (_, row) => predictions[(point * rows + row) * width + output]!).sort(),
      );
      return {
        label: task.classes === undefined ? null : task.classes[width === 1 ? 1 : output]!,
        mean: byPoint.map((values) => values.reduce((sum, value) => sum + value, 0) / rows),
        low: byPoint.map((values) => quantileOfSorted(values, 0.1)),
        high: byPoint.map((values) => quantileOfSorted(values, 0.9)),
      };
    });
  }
}

/** Values to set: quantiles of a number, or all its values where they are few; the most frequent categories, by code. */
function gridOf(column: FeatureColumn): number[] {
  if (column.kind === "categorical") return frequentCodes(column.codes, column.cardinality);
  const sorted = column.values.filter((value) => !Number.isNaN(value)).sort();
  const distinct = [...new Set(sorted)];
  if (distinct.length <= GRID_POINTS) return distinct;
  const shares = Array.from(
    { length: GRID_POINTS },
    (_, i) => OUTERMOST + (i * (1 - 2 * OUTERMOST)) / (GRID_POINTS - 1),
  );
  return [...new Set(shares.map((share) => quantileOfSorted(sorted, share)))];
}

function frequentCodes(codes: ArrayLike<number>, cardinality: number): number[] {
  const counts = new Float64Array(cardinality + 1);
  for (let row = 0; row < codes.length; row++) counts[codes[row]!]!++;
  const known = Array.from({ length: cardinality }, (_, i) => i + 1).filter((code) => counts[code]! > 0);
  return known.sort((a, b) => counts[b]! - counts[a]! || a - b).slice(0, CATEGORIES);
}

/** The table once for each value of a column, one below the other. */
function repeated(table: FeatureTable, at: number, values: readonly number[]): FeatureTable {
  const { rows } = table;
  const columns = table.columns.map((column, index): FeatureColumn => {
    const fill = <T extends Float64Array | Float32Array | Uint8Array | Uint16Array | Uint32Array>(source: T): T => {
      const all = new (source.constructor as new (length: number) => T)(rows * values.length);
      values.forEach((value, point) => {
        if (index === at) all.fill(value, point * rows, (point + 1) * rows);
        else all.set(source, point * rows);
      });
      return all;
    };
    return column.kind === "numeric"
      ? { ...column, values: fill(column.values) }
      : { ...column, codes: fill(column.codes) };
  });
  return { rows: rows * values.length, columns };
}
