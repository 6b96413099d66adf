import type { Value } from "../../../backends/index.ts";
import { dense, denseParameters } from "./dense.ts";
import type { Parameter, Scope } from "./scope.ts";

/** Parameters of an attention: dense layers `query`, `key`, `value` and `output`, each width × width. */
export function attentionParameters(name: string, width: number): Parameter[] {
  return ["query", "key", "value", "output"].flatMap((part) => denseParameters(`${name}/${part}`, width, width));
}

/**
 * Multi-head attention (Vaswani et al., "Attention is all you need", 2017) without a mask.
 *
 * @param from rows × steps × width: what asks
 * @param to rows × steps × width: what is asked
 * @param heads a divisor of the width
 */
export function attention<V>(scope: Scope<V>, name: string, from: Value<V>, to: Value<V>, heads: number): Value<V> {
  const { tape } = scope;
  const [, steps, width] = from.shape as [number, number, number];
  const depth = width / heads;
  const split = (part: string, x: Value<V>, factor = 1): Value<V> => {
    const made = dense(scope, `${name}/${part}`, x);
    const scaled = factor === 1 ? made : tape.scale(made, factor);
    return tape.transpose(tape.reshape(scaled, [-1, x.shape[1]!, heads, depth]), [0, 2, 1, 3]);
  };
  const query = split("query", from, 1 / Math.sqrt(depth));
  const scores = tape.softmax(tape.batchMatMul(query, split("key", to), true));
  const mixed = tape.transpose(tape.batchMatMul(scores, split("value", to)), [0, 2, 1, 3]);
  return dense(scope, `${name}/output`, tape.reshape(mixed, [-1, steps, width]));
}
