import { type ModelContent, outputsOf, type Predictor, type PredictorContext } from "../../core/index.ts";
import { FeatureMachine } from "../../kernels/svm/index.ts";
import { probabilities } from "./calibration.ts";
import { readModel } from "./model.ts";

/** Rows that are worked on together: their features stay in the processor's cache. */
const BLOCK = 64;

/** Predicts with a kernel of our own: the same bytes on every machine, for one row as among many. */
export function createPredictor(model: ModelContent, context: PredictorContext): Predictor {
  const { encoder, pairs, centre, spread, calibration, directions, weights } = readModel(model, context);
  const outputs = outputsOf(context.task);
  const shape = { capacity: BLOCK, inputs: encoder.width, pairs, outputs, trains: false, threads: 1 };
  const machine = new FeatureMachine(shape);
  machine.directions.set(directions);
  machine.weights.set(weights);
  const numbers = new Uint32Array(BLOCK);
  return {
    async predict(table) {
      const result = new Float64Array(table.rows * outputs);
      for (let start = 0; start < table.rows; start += BLOCK) {
        const count = Math.min(BLOCK, table.rows - start);
        for (let i = 0; i < count; i++) numbers[i] = start + i;
        encoder.encode(table, numbers.subarray(0, count), machine.x);
        machine.project(count);
        for (let row = 0; row < count; row++)
          if (context.task.kind === "regression") result[start + row] = machine.scores[row]! * spread + centre;
          else probabilities(machine.scores, row * outputs, calibration, result, (start + row) * outputs);
      }
      return result;
    },
    importance: () => null,
    dispose: () => machine.dispose(),
  };
}
