import { type Entity, KaaykoError, type State } from "../../core/index.ts";
import { type LabelScore, type MetricValues, ratio } from "../accumulator.ts";

interface TypeCounts {
  hits: number;
  predicted: number;
  actual: number;
}

/** How one type of entity fares. Counts are of entities. */
export type EntityScore = Omit<LabelScore, "threshold">;

/** Counts entities that are the same in type and in both ends, by type. */
export class EntityTally {
  readonly #types = new Map<string, TypeCounts>();

  /** @param weight of the text that the entities are in */
  add(actual: readonly Entity[], predicted: readonly Entity[], weight = 1): void {
    const known = new Set(actual.map(keyOf));
    for (const { type } of actual) this.#of(type).actual += weight;
    for (const entity of predicted) {
      const counts = this.#of(entity.type);
      counts.predicted += weight;
      if (known.has(keyOf(entity))) counts.hits += weight;
    }
  }

  #of(type: string): TypeCounts {
    let counts = this.#types.get(type);
    if (counts === undefined) {
      counts = { hits: 0, predicted: 0, actual: 0 };
      this.#types.set(type, counts);
    }
    return counts;
  }

  /** Types that occur or were predicted, sorted. */
  types(): EntityScore[] {
    const names = [...this.#types.keys()].sort();
    return names.map((label) => {
      const { hits, predicted, actual } = this.#types.get(label)!;
      const precision = ratio(hits, predicted);
      const recall = ratio(hits, actual);
      return { label, support: actual, predicted, hits, precision, recall, f1: ratio(2 * hits, actual + predicted) };
    });
  }

  /**
   * `entityF1` (micro: all types counted together) with its `entityPrecision` and `entityRecall`; the plain mean over the types
   * (`macro…`), and the mean weighted by how often each occurs (`weighted…`). A ratio that is not defined is 0, as in seqeval, but
   * for a mean over no types, which is null.
   */
  values(): MetricValues {
    const types = this.types();
    const sum = (of: (score: EntityScore) => number) => types.reduce((total, score) => total + of(score), 0);
    const hits = sum((score) => score.hits);
    const predicted = sum((score) => score.predicted);
    const actual = sum((score) => score.support);
    const mean = (of: (score: EntityScore) => number | null) =>
      ratio(
        sum((score) => of(score) ?? 0),
        types.length,
      );
    const weighted = (of: (score: EntityScore) => number | null) =>
      ratio(
        sum((score) => (of(score) ?? 0) * score.support),
        actual,
      ) ?? 0;
    return {
      entityF1: ratio(2 * hits, actual + predicted) ?? 0,
      entityPrecision: ratio(hits, predicted) ?? 0,
      entityRecall: ratio(hits, actual) ?? 0,
      macroF1: mean((score) => score.f1),
      macroPrecision: mean((score) => score.precision),
      macroRecall: mean((score) => score.recall),
      weightedF1: weighted((score) => score.f1),
      weightedPrecision: weighted((score) => score.precision),
      weightedRecall: weighted((score) => score.recall),
    };
  }

  getState(): State {
    const names = [...this.#types.keys()];
    const counts = names.flatMap((name) => {
      const { hits, predicted, actual } = this.#types.get(name)!;
      return [hits, predicted, actual];
    });
    return { json: { types: names }, arrays: { counts: Float64Array.from(counts) } };
  }

  setState({ json, arrays }: State): void {
    const { types } = json;
    const { counts } = arrays;
    if (!Array.isArray(types) || !(counts instanceof Float64Array) || counts.length !== 3 * types.length)
      throw new KaaykoError({ action: "restore metrics", rule: "every type must have its counts", kind: "damaged" });
    this.#types.clear();
    types.forEach((type, i) => {
      const [hits, predicted, actual] = counts.subarray(3 * i, 3 * i + 3) as unknown as [number, number, number];
      this.#types.set(String(type), { hits, predicted, actual });
    });
  }
}

function keyOf({ type, first, last }: Entity): string {
  return `${first} ${last} ${type}`;
}
