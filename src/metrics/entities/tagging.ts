import { entitiesOf, joinStates, KaaykoError, OUTSIDE, UNKNOWN_BEGIN, UNKNOWN_INSIDE } from "../../core/index.ts";
import { type MetricsAccumulator, ratio } from "../accumulator.ts";
import { EntityTally } from "./entity-tally.ts";

/**
 * Metrics of tagged texts, from the tag's code of each token: those of `EntityTally`, and `tokenAccuracy`. Rows may have any
 * number of tokens up to the width of the arrays; behind the last of them both arrays hold NaN.
 *
 * @param classes tags by code
 */
export function createTaggingMetrics(classes: readonly string[]): MetricsAccumulator {
  const tally = new EntityTally();
  let [rows, right, tokens] = [0, 0, 0];
  return {
    add: (scored) => {
      const [width, outputs] = [scored.target.length / scored.rows, scored.predictions.length / scored.rows];
      for (let row = 0; row < scored.rows; row++) {
        const weight = scored.weight?.[row] ?? 1;
        const actual = tagsOf(classes, scored.target.subarray(row * width, (row + 1) * width));
        const predicted = tagsOf(classes, scored.predictions.subarray(row * outputs, (row + 1) * outputs));
        tally.add(entitiesOf(actual), entitiesOf(predicted), weight);
        tokens += weight * actual.length;
        right += weight * actual.filter((tag, token) => tag === predicted[token]).length;
      }
      rows += scored.rows;
    },
    result: () => {
      const labels = tally.types().map((score) => ({ ...score, threshold: 0 }));
      return { rows, values: { ...tally.values(), tokenAccuracy: ratio(right, tokens) }, confusion: null, labels };
    },
    getState: () => joinStates({ json: { rows, right, tokens }, arrays: {} }, tally.getState()),
    setState: (state) => {
      const counts = [state.json.rows, state.json.right, state.json.tokens];
      if (!counts.every((count) => typeof count === "number"))
        throw new KaaykoError({ action: "restore metrics", rule: "the counts must be whole", kind: "damaged" });
      [rows, right, tokens] = counts as [number, number, number];
      tally.setState(state);
    },
  };
}

/** Types that the model does not know count as one that is never predicted. */
const UNKNOWN: Readonly<Record<number, string>> = { [UNKNOWN_BEGIN]: "B-(unknown)", [UNKNOWN_INSIDE]: "I-(unknown)" };

/** A code that no tag has, as of a model that predicts anything else, is no entity. */
function tagsOf(classes: readonly string[], codes: Float64Array): string[] {
  const end = codes.findIndex(Number.isNaN);
  return Array.from(end < 0 ? codes : codes.subarray(0, end), (code) => classes[code] ?? UNKNOWN[code] ?? OUTSIDE);
}
