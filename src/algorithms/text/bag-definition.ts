import { dense, denseParameters, dropout } from "../neural/layers/index.ts";
import type { Definition } from "../neural/steps/index.ts";
import type { BagPlan } from "./bag-plan.ts";
import { labelLoss, labelTargets } from "./label-loss.ts";

/**
 * A bag of words, each with a vector; their weighted sum through ReLU gives the labels (Joulin et al., "Bag of tricks for efficient
 * text classification", 2017, with a hidden layer).
 *
 * @param capacity rows of every batch
 */
export function defineBag(plan: BagPlan, capacity: number, exclusive: boolean): Definition {
  return {
    inputs: [
      { name: "columns", shape: [], dtype: "int32", ragged: true },
      { name: "values", shape: [1], dtype: "float32", ragged: true },
      { name: "rows", shape: [], dtype: "int32", ragged: true },
    ],
    targets: labelTargets(plan.outputs),
    parameters: [
      { name: "vectors", shape: [Math.max(1, plan.kept), plan.units], decayed: false, initial: "normal" },
      { name: "bias", shape: [plan.units], decayed: false, initial: "zeros" },
      ...denseParameters("output", plan.units, plan.outputs),
    ],
    outputs(scope) {
      const { tape } = scope;
      const vectors = tape.gather(scope.parameter("vectors"), scope.input("columns").at);
      const weighted = tape.mul(vectors, scope.input("values"));
      const summed = tape.segmentSum(weighted, scope.input("rows").at, capacity);
      const hidden = tape.relu(tape.biasAdd(tape.reshape(summed, [-1, plan.units]), scope.parameter("bias")));
      return dense(scope, "output", dropout(scope, hidden, plan.dropout));
    },
    loss: (scope, outputs) => labelLoss(scope, outputs, exclusive),
  };
}
