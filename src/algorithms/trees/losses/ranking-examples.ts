import type { Dataset, Examples } from "../../../core/index.ts";
import { groupQueries, type QueryGroups } from "../../../metrics/index.ts";

/** A ranking's dataset as trees read it: the relevance alone is the target. */
export function relevanceOnly(dataset: Dataset): Dataset {
  return {
    ...dataset,
    examples: async (role) => {
      const examples = await dataset.examples(role);
      return {
        ...examples,
        target: Float64Array.from({ length: examples.target.length / 2 }, (_, i) => examples.target[2 * i]!),
      };
    },
  };
}

/** The queries of examples, rows counted as trees count them. */
export function queriesOf({ target, rows, table }: Examples): QueryGroups {
  const count = rows?.length ?? table.rows;
  return groupQueries(
    Float64Array.from({ length: count }, (_, i) => target[2 * (rows === null ? i : rows[i]!) + 1]!),
    count,
  );
}
