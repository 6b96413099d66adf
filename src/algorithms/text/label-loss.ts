import type { Value } from "../../backends/index.ts";
import type { Task } from "../../core/index.ts";
import type { Scope } from "../neural/layers/index.ts";
import { logisticLoss } from "../neural/logistic-loss.ts";
import type { Input } from "../neural/steps/index.ts";

/** True where exactly one class is right, so that outputs compete. */
export const isExclusive = ({ kind }: Pick<Task, "kind">): boolean => kind === "multiclass";

/** What the loss of labels needs beside the outputs: 1 or 0 for each label, and what each of them weighs. */
export function labelTargets(outputs: number): Input[] {
  return [
    { name: "target", shape: [outputs], dtype: "float32" },
    { name: "weight", shape: [outputs], dtype: "float32" },
  ];
}

/** The weighted sum of cross-entropies: of the softmax where one class is right, else of each label's sigmoid. */
export function labelLoss<V>(scope: Scope<V>, outputs: Value<V>, exclusive: boolean): Value<V> {
  const { tape } = scope;
  const [target, weight] = [scope.input("target"), scope.input("weight")];
  const weighted = (losses: Value<V>): Value<V> => tape.sum(tape.mul(weight, losses), [0, 1]);
  if (exclusive) return tape.neg(weighted(tape.mul(target, tape.logSoftmax(outputs))));
  return weighted(logisticLoss(tape, outputs, target));
}
