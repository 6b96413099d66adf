import type * as tfjs from "@tensorflow/tfjs-core";
import type { UpdateRates } from "./definition.ts";
import { type Optimiser, power } from "./optimiser.ts";

/** One parameter and its slots after an update, in the order of `arrayNames`. */
export function updated(
  tf: typeof tfjs,
  optimiser: Optimiser,
  { learningRate, decay, update }: UpdateRates,
  [parameter, ...slots]: readonly tfjs.Tensor[],
  gradient: tfjs.Tensor,
): tfjs.Tensor[] {
  const kept = decay > 0 ? tf.mul(parameter!, 1 - decay) : parameter!;
  if (optimiser.kind === "sgd") {
    const momentum = tf.sub(tf.mul(slots[0]!, optimiser.momentum), tf.mul(gradient, learningRate));
    return [tf.add(kept, momentum), momentum];
  }
  const { beta1, beta2, epsilon } = optimiser;
  const m = tf.add(slots[0]!, tf.mul(tf.sub(gradient, slots[0]!), 1 - beta1));
  const v = tf.add(slots[1]!, tf.mul(tf.sub(tf.mul(gradient, gradient), slots[1]!), 1 - beta2));
  const rate = (learningRate * Math.sqrt(1 - power(beta2, update))) / (1 - power(beta1, update));
  return [tf.sub(kept, tf.div(tf.mul(m, rate), tf.add(tf.sqrt(v), epsilon))), m, v];
}
