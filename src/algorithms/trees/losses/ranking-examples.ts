import type { Dataset, RowLabels } from "../../../core/index.ts";
import { groupQueries, type QueryGroups } from "../../../metrics/index.ts";
import { relabelled } from "../boosting/relabelled.ts";

/** A ranking's dataset as trees read it: the relevance alone is the target. */
export function relevanceOnly(dataset: Dataset): Dataset {
  return relabelled(dataset, ({ target, weight }) => ({
    target: Float64Array.from({ length: target.length / 2 }, (_, i) => target[2 * i]!),
    weight,
  }));
}

/** The queries of a ranking's rows. */
export function queriesOf({ target, rows }: RowLabels): QueryGroups {
  return groupQueries(
    Float64Array.from({ length: rows }, (_, i) => target[2 * i + 1]!),
    rows,
  );
}
