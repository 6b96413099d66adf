import { exp, log } from "../../../core/index.ts";

/**
 * How parameters follow their gradients. `sgd`: stochastic gradient descent with momentum (0 for none). `adamw`: Adam (Kingma and
 * Ba, 2015) with decoupled weight decay (Loshchilov and Hutter, 2019); plain Adam where nothing decays.
 */
export type Optimiser = (
  | { readonly kind: "sgd"; readonly momentum: number }
  | { readonly kind: "adamw"; readonly beta1: number; readonly beta2: number; readonly epsilon: number }
) & {
  /** Gradients that are longer than this, all together, are shortened to it (Pascanu et al., 2013); null for never. */
  readonly clipNorm: number | null;
  /** Keep a moving mean of each parameter beside it, which the model then uses (Polyak and Juditsky, 1992). Default false. */
  readonly averages?: boolean;
  /** Gradients of several batches may be added up before an update. Default false. */
  readonly gathers?: boolean;
};

/** The slot of a parameter's moving mean, which begins as the parameter itself. */
export const AVERAGE = "average";
/** The slot of gradients that wait for an update. */
export const GATHERED = "gathered";

export const ADAMW: Optimiser = { kind: "adamw", beta1: 0.9, beta2: 0.999, epsilon: 1e-7, clipNorm: null };

/** Names of the arrays that the optimiser keeps beside each parameter; they start at 0, but for the mean. */
export function slotsOf(optimiser: Optimiser | null): readonly string[] {
  if (optimiser === null) return [];
  const { kind, averages = false, gathers = false } = optimiser;
  const own = kind === "sgd" ? ["momentum"] : ["m", "v"];
  return [...own, ...(averages ? [AVERAGE] : []), ...(gathers ? [GATHERED] : [])];
}

/** Names of the arrays that a model is made of: the means where there are some, else the parameters. */
export function modelArrays(parameters: readonly { readonly name: string }[], optimiser: Optimiser | null): string[] {
  return parameters.map(({ name }) => (optimiser?.averages === true ? `${name}/${AVERAGE}` : name));
}

/** All arrays of a training: each parameter and its slots; none of these where nothing is trained. */
export function arrayNames(parameters: readonly { readonly name: string }[], optimiser: Optimiser | null): string[] {
  return parameters.flatMap(({ name }) => [name, ...slotsOf(optimiser).map((slot) => `${name}/${slot}`)]);
}

/** Adam's decays to the power of the number of an update, from 1; the same number on every machine. */
export function power(decay: number, update: number): number {
  return exp(update * log(decay));
}
