import type { Dataset, ExampleStream, Examples } from "../../../core/index.ts";

/** Target and weight by row. */
type RowTruth = Pick<Examples, "target" | "weight">;

/** The same rows and features with other targets and weights, made from their own, in memory and in every kind of pass. */
export function relabelled(dataset: Dataset, relabel: (truth: RowTruth) => RowTruth): Dataset {
  const other = <T extends RowTruth>(rows: T): T => ({ ...rows, ...relabel(rows) });
  const { labels, learning, evaluations } = dataset;
  return {
    ...dataset,
    ...(evaluations && {
      evaluations: evaluations.map((set) => ({ ...set, examples: async () => other(await set.examples()) })),
    }),
    examples: async (role) => other(await dataset.examples(role)),
    stream: async (role, options) => relabelledStream(await dataset.stream(role, options), other),
    ...(labels && { labels: async (role) => other(await labels(role)) }),
    ...(learning && {
      learning: async function* (batchRows) {
        for await (const { role, examples } of learning(batchRows)) yield { role, examples: other(examples) };
      },
    }),
  };
}

function relabelledStream(stream: ExampleStream, other: (examples: Examples) => Examples): ExampleStream {
  return {
    next: async () => {
      const batch = await stream.next();
      return batch === null ? null : other(batch);
    },
    position: () => stream.position(),
    seek: (position) => stream.seek(position),
    close: () => stream.close(),
  };
}
