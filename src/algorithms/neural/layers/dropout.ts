import type { Value } from "../../../backends/index.ts";
import type { Scope } from "./scope.ts";

/**
 * Sets a share of the values to 0 while training and scales the others up, so that the expected value stays (Srivastava et al.,
 * "Dropout", 2014). Which ones is decided by the step's seed alone.
 *
 * @param rate share from 0 up to, not including, 1
 */
export function dropout<V>(scope: Scope<V>, x: Value<V>, rate: number): Value<V> {
  const { tape, dropoutSeed } = scope;
  if (rate === 0 || dropoutSeed === null) return x;
  const { operations: ops } = tape;
  const drawn = ops.uniform(x.at, dropoutSeed, scope.nextUse());
  const kept = ops.binary("greaterEqual", drawn, ops.constant([rate], []));
  const mask = ops.binary("mul", kept, ops.constant([1 / (1 - rate)], []));
  return tape.mul(x, tape.source(mask, x.shape));
}
