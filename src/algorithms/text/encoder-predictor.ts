import { type ModelContent, outputsOf, type Predictor, type PredictorContext } from "../../core/index.ts";
import { LOG_ODDS } from "../linear/calibrate.ts";
import { toProbabilities } from "../linear/margins.ts";
import { chooseDevice } from "../neural/device.ts";
import { openStep } from "../neural/steps/index.ts";
import { damagedText } from "./content-checks.ts";
import { encoderBatch, newEncoderBuffers } from "./encoder-batches.ts";
import { readEncoder } from "./encoder-content.ts";
import { defineEncoder } from "./encoder-definition.ts";
import { tokenParts } from "./encoder-plan.ts";
import { isExclusive } from "./label-loss.ts";

/** Rows that go through the network together. */
const BLOCK = 256;

/** Predicts on whatever backend there is: results of different backends differ in their last digits. */
export async function createEncoderPredictor(
  name: string,
  content: ModelContent,
  context: PredictorContext,
): Promise<Predictor> {
  const { task } = context;
  const { plan, weights } = readEncoder(name, content, outputsOf(task), context.features.length);
  const backend = await chooseDevice({ ...context, notify: () => {} });
  const step = await openStep(backend, defineEncoder(plan, isExclusive(task)), null);
  step.write(weights);
  const buffers = newEncoderBuffers(plan, BLOCK);
  return {
    async predict(table) {
      const outputs = new Float64Array(table.rows * plan.outputs);
      const known = tokenParts(table).map((part) => part.name);
      if (JSON.stringify(known) !== JSON.stringify(plan.parts.map((part) => part.name)))
        throw damagedText(name, "the texts that it was trained with");
      for (let start = 0; start < table.rows; start += BLOCK) {
        const rows = Uint32Array.from({ length: Math.min(BLOCK, table.rows - start) }, (_, i) => start + i);
        outputs.set(step.forward(encoderBatch(plan, table, rows, buffers, null)), start * plan.outputs);
      }
      toProbabilities(outputs, plan.outputs, task, LOG_ODDS);
      return outputs;
    },
    importance: () => null,
    async dispose() {
      step.dispose();
    },
  };
}
