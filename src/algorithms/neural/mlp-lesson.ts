import { deriveSeed, type TrainerContext } from "../../core/index.ts";
import { Batches, type ReadyBatch } from "./batches.ts";
import { farthest } from "./diverged-update.ts";
import type { Encoder } from "./encoder.ts";
import type { Lesson } from "./lesson.ts";
import { defineMlp } from "./mlp-definition.ts";
import { createMlpScore } from "./mlp-score.ts";
import { modelContent } from "./model.ts";
import { initialWeights } from "./network.ts";
import { planFeed } from "./rows/feed-plan.ts";
import type { RowPacker } from "./rows/row-packer.ts";
import type { Settings } from "./settings.ts";
import type { Batch } from "./steps/index.ts";
import { stepsPerCall } from "./steps-per-call.ts";

/** Rows of a validation batch. */
const VALIDATION_ROWS = 4096;
/** Standardised targets beyond this are a likely cause of an update that gives no number; inputs are bent before they come that far. */
const EXTREME = 1e4;

/** What an mlp learns from: rows that a packer has kept, or reads again when the first batch is asked for. */
export function mlpLesson(
  encoder: Encoder,
  packer: RowPacker,
  settings: Settings,
  { dataset, seed }: TrainerContext,
): Lesson {
  const sizes = { train: settings.batchSize, validation: VALIDATION_ROWS };
  const batchCounts = {
    train: Math.ceil(dataset.rows.train / sizes.train),
    validation: Math.ceil(dataset.rows.validation / sizes.validation),
  };
  const together =
    settings.gather === 1
      ? (settings.stepsPerCall ?? stepsPerCall(encoder.network, settings.batchSize, batchCounts.train))
      : 1;
  const score = createMlpScore(encoder);
  const order = deriveSeed(seed, "mlp", "shuffle");
  let batches: Batches | null = null;
  let judged: ReadyBatch;
  const open = async (): Promise<Batches> => {
    if (batches !== null) return batches;
    await packer.catchUp(packer.steps);
    await packer.close();
    batches = new Batches(planFeed(packer.packed!, encoder, sizes, together));
    return batches;
  };
  return {
    name: "mlp",
    definition: defineMlp(encoder.network),
    settings: { ...settings, stepsPerCall: together },
    initialWeights: (own) => initialWeights(encoder.network, own),
    batches: batchCounts,
    trainingBatch: async ({ epoch, batch }) =>
      (await open()).get({ role: "train", shuffle: { seed: order, epoch } }, batch),
    async validationBatch(batch) {
      judged = await (await open()).get({ role: "validation", shuffle: null }, batch);
      return judged;
    },
    judge: (_, outputs) => score.add(judged, outputs),
    score,
    suspect,
    content: (weights, epochs) => modelContent(encoder, weights, epochs),
    dispose: async () => batches?.close(),
  };
}

function suspect({ rows, arrays }: Batch): string | null {
  const target = farthest(arrays.target!.subarray(0, rows));
  if (target > EXTREME)
    return `Most likely its targets hold extreme values (up to ${target.toPrecision(3)} deviations from the mean): look for wrong ones.`;
  if (Number.isFinite(farthest(arrays.weight!.subarray(0, rows)))) return null;
  return "Most likely its weights are too large: scale them down.";
}
