import type { ModelContent, Predictor, PredictorContext } from "../../core/index.ts";
import { KaaykoError } from "../../core/index.ts";
import { chooseDevice } from "../neural/device.ts";
import { openStep } from "../neural/steps/index.ts";
import { inputBatch, newBuffers } from "./batches.ts";
import { readContent, type SequenceContent } from "./content.ts";
import { defineSequence } from "./definition.ts";
import { windowsOf } from "./encoding.ts";
import { levelsOf, outputWidth } from "./plan.ts";
import type { SequenceModel } from "./settings.ts";

/** Rows that go through the network together. */
const BLOCK = 1024;

/**
 * Forecasts on whatever backend there is: results of different backends differ in their last digits. Levels of quantiles are
 * put in order (Chernozhukov, Fernández-Val and Galichon, "Quantile and probability curves without crossing", 2010).
 */
export async function createPredictor(
  model: SequenceModel,
  content: ModelContent,
  context: PredictorContext,
): Promise<Predictor> {
  const learnt = readContent(model, content, context.features.length);
  const { plan, encoding, weights } = learnt;
  const backend = await chooseDevice({ ...context, notify: () => {} });
  const step = await openStep(backend, defineSequence(model.network, plan), null);
  step.write(weights);
  const buffers = newBuffers(encoding, plan.horizon, BLOCK);
  const width = outputWidth(plan);
  return {
    async predict(table) {
      const result = new Float64Array(table.rows * width);
      if (table.rows === 0) return result;
      checkWindows(model.name, learnt, windowsOf(table));
      for (let start = 0; start < table.rows; start += BLOCK) {
        const rows = Uint32Array.from({ length: Math.min(BLOCK, table.rows - start) }, (_, i) => start + i);
        const outputs = step.forward(inputBatch(encoding, table, rows, buffers));
        writeRows(learnt, outputs, result.subarray(start * width));
      }
      return result;
    },
    importance: () => null,
    async dispose() {
      step.dispose();
    },
  };
}

function checkWindows(
  name: string,
  { encoding }: SequenceContent,
  { steps, channels }: { readonly steps: number; readonly channels: number },
): void {
  if (steps === encoding.steps && channels === encoding.channels.length) return;
  throw new KaaykoError({
    action: `predict with the ${name} model`,
    rule: `its windows must have ${encoding.steps} steps of ${encoding.channels.length} channels`,
    got: `${steps} of ${channels}`,
  });
}

function writeRows({ plan, encoding }: SequenceContent, from: Float32Array, to: Float64Array): void {
  const levels = levelsOf(plan);
  for (let i = 0; i < from.length; i++) to[i] = from[i]! * encoding.spread + encoding.centre;
  if (levels > 1) for (let at = 0; at < from.length; at += levels) to.subarray(at, at + levels).sort();
}
