import type { Operations, Value } from "../../../backends/index.ts";
import type { Parameter, Scope } from "./scope.ts";
import { stepByStep, sumOf } from "./step-by-step.ts";

/** Parameters of a GRU: gates side by side in the order update, reset, candidate. */
export function gruParameters(name: string, inputs: number, units: number): Parameter[] {
  return [
    { name: `${name}/weight`, shape: [inputs, 3 * units], decayed: true, initial: "glorot" },
    { name: `${name}/recurrent`, shape: [units, 3 * units], decayed: true, initial: "orthogonal" },
    { name: `${name}/bias`, shape: [3 * units], decayed: false, initial: "zeros" },
    { name: `${name}/recurrentBias`, shape: [3 * units], decayed: false, initial: "zeros" },
  ];
}

/** What the way back needs of one step. `recalled` is the candidate's part from the hidden state, before the reset gate. */
interface Step<V> {
  readonly input: V;
  readonly update: V;
  readonly reset: V;
  readonly candidate: V;
  readonly recalled: V;
  readonly before: V;
  readonly hidden: V;
}

/** Weights and biases as a step takes them: both gates from inputs and hidden state side by side, the candidate from each alone. */
interface StepWeights<V> {
  readonly update: readonly [V, V];
  readonly reset: readonly [V, V];
  readonly fromInput: readonly [V, V];
  readonly fromHidden: readonly [V, V];
}

/**
 * Gated recurrent units (Cho et al., 2014), the reset gate behind the recurrent product, unrolled over the steps.
 *
 * @param x rows × steps × inputs
 * @param start the hidden state before the first step, rows × units. Default zeros
 * @returns the hidden state after each step, rows × units
 */
export function gru<V>(scope: Scope<V>, name: string, x: Value<V>, start: Value<V> | null = null): Value<V>[] {
  const { tape, parameter } = scope;
  const { operations: ops } = tape;
  const [weight, recurrent] = [parameter(`${name}/weight`), parameter(`${name}/recurrent`)];
  const [bias, recurrentBias] = [parameter(`${name}/bias`), parameter(`${name}/recurrentBias`)];
  const given = stepByStep(tape, x);
  const weights = stepWeights(ops, weight.at, recurrent.at, bias.at, recurrentBias.at);
  const steps: Step<V>[] = [];
  for (const input of ops.split(given.at, x.shape[1]!, 0))
    steps.push(forward(ops, input, steps.at(-1)?.hidden ?? start?.at ?? null, weights));
  const outputs = steps.map((step) => ({ at: step.hidden, shape: [-1, recurrent.shape[0]!] }));
  const sources = [given, weight, recurrent, bias, recurrentBias, ...(start === null ? [] : [start])];
  tape.record(outputs, sources, (gradients) => {
    const { fromInput, fromHidden, first } = backward(ops, steps, gradients, recurrent.at);
    const sum = (make: (step: Step<V>, t: number) => V): V => sumOf(ops, steps.map(make));
    return [
      () => ops.matMul(ops.concat(fromInput, 0), weight.at, false, true),
      () => sum(({ input }, t) => ops.matMul(input, fromInput[t]!, true, false)),
      () => sum(({ before }, t) => ops.matMul(before, fromHidden[t]!, true, false)),
      () => sum((_, t) => ops.biasGradient(fromInput[t]!)),
      () => sum((_, t) => ops.biasGradient(fromHidden[t]!)),
      () => first,
    ];
  });
  return outputs;
}

function stepWeights<V>(ops: Operations<V>, weight: V, recurrent: V, bias: V, recurrentBias: V): StepWeights<V> {
  const [, , inputs] = ops.split(weight, 3, 1) as [V, V, V];
  const [, , hidden] = ops.split(recurrent, 3, 1) as [V, V, V];
  const [update, reset] = ops.split(ops.concat([weight, recurrent], 0), 3, 1) as [V, V, V];
  const [byUpdate, byReset] = ops.split(ops.binary("add", bias, recurrentBias), 3, 0) as [V, V, V];
  return {
    update: [update, byUpdate],
    reset: [reset, byReset],
    fromInput: [inputs, ops.split(bias, 3, 0)[2]!],
    fromHidden: [hidden, ops.split(recurrentBias, 3, 0)[2]!],
  };
}

/** @param known the hidden state before; null for zeros */
function forward<V>(ops: Operations<V>, input: V, known: V | null, weights: StepWeights<V>): Step<V> {
  const product = (a: V, [weight, bias]: readonly [V, V]): V => ops.biasAdd(ops.matMul(a, weight, false, false), bias);
  const fromInput = product(input, weights.fromInput);
  const before = known ?? ops.unary("zerosLike", fromInput);
  const seen = ops.concat([input, before], 1);
  const update = ops.unary("sigmoid", product(seen, weights.update));
  const reset = ops.unary("sigmoid", product(seen, weights.reset));
  const recalled = product(before, weights.fromHidden);
  const candidate = ops.unary("tanh", ops.binary("add", fromInput, ops.binary("mul", reset, recalled)));
  const hidden = ops.binary("add", candidate, ops.binary("mul", update, ops.binary("sub", before, candidate)));
  return { input, update, reset, candidate, recalled, before, hidden };
}

/** Gradients before the activations: by what came from the inputs and from the hidden state; and that of the first state. */
function backward<V>(
  ops: Operations<V>,
  steps: readonly Step<V>[],
  gradients: readonly (V | null)[],
  recurrent: V,
): { fromInput: V[]; fromHidden: V[]; first: V } {
  const fromInput: V[] = [];
  const fromHidden: V[] = [];
  let hidden: V | null = null;
  for (let t = steps.length - 1; t >= 0; t--) {
    const { update, reset, candidate, recalled, before } = steps[t]!;
    const given = gradients[t]!;
    if (given !== null) hidden = hidden === null ? given : ops.binary("add", hidden, given);
    if (hidden === null) hidden = ops.unary("zerosLike", before);
    const kept: V = ops.binary("mul", hidden, update);
    const byCandidate = ops.unaryGradient("tanh", candidate, ops.binary("sub", hidden, kept));
    const byUpdate = ops.unaryGradient(
      "sigmoid",
      update,
      ops.binary("mul", hidden, ops.binary("sub", before, candidate)),
    );
    const byReset = ops.unaryGradient("sigmoid", reset, ops.binary("mul", byCandidate, recalled));
    fromInput.unshift(ops.concat([byUpdate, byReset, byCandidate], 1));
    fromHidden.unshift(ops.concat([byUpdate, byReset, ops.binary("mul", byCandidate, reset)], 1));
    hidden = ops.binary("add", kept, ops.matMul(fromHidden[0]!, recurrent, false, true));
  }
  return { fromInput, fromHidden, first: hidden! };
}
