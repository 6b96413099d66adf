import type { Value } from "../../../backends/index.ts";
import type { Parameter, Scope } from "./scope.ts";

/** Added to the variance, as Keras does. */
const EPSILON = 1e-3;

export function layerNormParameters(name: string, width: number): Parameter[] {
  return [
    { name: `${name}/gain`, shape: [width], decayed: false, initial: "ones" },
    { name: `${name}/bias`, shape: [width], decayed: false, initial: "zeros" },
  ];
}

/** Each vector along the last dimension with mean 0 and variance 1, then gain and bias (Ba, Kiros and Hinton, 2016). */
export function layerNorm<V>({ tape, parameter }: Scope<V>, name: string, x: Value<V>): Value<V> {
  const { operations: ops } = tape;
  const gain = parameter(`${name}/gain`);
  const bias = parameter(`${name}/bias`);
  const last = [x.shape.length - 1];
  const mean = (a: V): V => ops.reduce("mean", a, last, true);
  const centred = ops.binary("sub", x.at, mean(x.at));
  const variance = mean(ops.unary("square", centred));
  const scale = ops.unary("rsqrt", ops.binary("add", variance, ops.constant([EPSILON], [])));
  const normal = ops.binary("mul", centred, scale);
  const output = { at: ops.biasAdd(ops.binary("mul", normal, gain.at), bias.at), shape: x.shape };
  tape.record([output], [x, gain, bias], ([g]) => [
    () => {
      const weighted = ops.binary("mul", g!, gain.at);
      const along = ops.binary("mul", normal, mean(ops.binary("mul", weighted, normal)));
      return ops.binary("mul", scale, ops.binary("sub", ops.binary("sub", weighted, mean(weighted)), along));
    },
    () => ops.biasGradient(ops.binary("mul", g!, normal)),
    () => ops.biasGradient(g!),
  ]);
  return output;
}
