import type { Value } from "../../../backends/index.ts";
import { dense, denseParameters } from "./dense.ts";
import type { Parameter, Scope } from "./scope.ts";

/** Parameters of an attention: dense layers `query`, `key`, `value` and `output`, each width × width. */
export function attentionParameters(name: string, width: number): Parameter[] {
  return ["query", "key", "value", "output"].flatMap((part) => denseParameters(`${name}/${part}`, width, width));
}

/**
 * Multi-head attention (Vaswani et al., "Attention is all you need", 2017).
 *
 * @param from rows × steps × width: what asks
 * @param to rows × steps × width: what is asked
 * @param heads a divisor of the width
 * @param mask rows × steps, added to the scores: 0 where a step of `to` may be asked, far below 0 where not; null for all
 */
export function attention<V>(
  scope: Scope<V>,
  name: string,
  from: Value<V>,
  to: Value<V>,
  heads: number,
  mask: Value<V> | null = null,
): Value<V> {
  const { tape } = scope;
  const [, steps, width] = from.shape as [number, number, number];
  const depth = width / heads;
  const split = (part: string, x: Value<V>, factor = 1): Value<V> => {
    const made = dense(scope, `${name}/${part}`, x);
    const scaled = factor === 1 ? made : tape.scale(made, factor);
    return tape.transpose(tape.reshape(scaled, [-1, x.shape[1]!, heads, depth]), [0, 2, 1, 3]);
  };
  const query = split("query", from, 1 / Math.sqrt(depth));
  const likeness = tape.batchMatMul(query, split("key", to), true);
  const hidden = mask === null ? likeness : tape.add(likeness, tape.reshape(mask, [-1, 1, 1, to.shape[1]!]));
  const mixed = tape.transpose(tape.softmaxMix(hidden, split("value", to)), [0, 2, 1, 3]);
  return dense(scope, `${name}/output`, tape.reshape(mixed, [-1, steps, width]));
}
