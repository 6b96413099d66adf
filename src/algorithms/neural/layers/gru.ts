import type { Operations, Value } from "../../../backends/index.ts";
import { projectedSteps } from "./projected-steps.ts";
import type { Parameter, Scope } from "./scope.ts";

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
  readonly update: V;
  readonly reset: V;
  readonly candidate: V;
  readonly recalled: V;
  readonly before: V;
  readonly hidden: V;
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
  const recurrent = parameter(`${name}/recurrent`);
  const bias = parameter(`${name}/recurrentBias`);
  const units = recurrent.shape[0]!;
  const projected = projectedSteps(tape, x, parameter(`${name}/weight`), parameter(`${name}/bias`));
  const inputs = ops.split(projected.at, x.shape[1]!, 0);
  const zeros = (): V => ops.unary("zerosLike", ops.split(inputs[0]!, 3, 1)[0]!);
  const steps: Step<V>[] = [];
  let hidden = start?.at ?? zeros();
  for (const input of inputs) {
    const step = forward(ops, input, hidden, recurrent.at, bias.at);
    steps.push(step);
    hidden = step.hidden;
  }
  const outputs = steps.map((step) => ({ at: step.hidden, shape: [-1, units] }));
  tape.record(outputs, [projected, recurrent, bias, ...(start === null ? [] : [start])], (gradients) => {
    const { fromInput, fromHidden, first } = backward(ops, steps, gradients, recurrent.at);
    const all = ops.concat(fromHidden, 0);
    const before = ops.concat(
      steps.map((step) => step.before),
      0,
    );
    return [
      () => ops.concat(fromInput, 0),
      () => ops.matMul(before, all, true, false),
      () => ops.biasGradient(all),
      () => first,
    ];
  });
  return outputs;
}

function forward<V>(ops: Operations<V>, input: V, before: V, recurrent: V, bias: V): Step<V> {
  const [a, b, c] = ops.split(input, 3, 1) as [V, V, V];
  const [d, e, recalled] = ops.split(ops.biasAdd(ops.matMul(before, recurrent, false, false), bias), 3, 1) as [V, V, V];
  const update = ops.unary("sigmoid", ops.binary("add", a, d));
  const reset = ops.unary("sigmoid", ops.binary("add", b, e));
  const candidate = ops.unary("tanh", ops.binary("add", c, ops.binary("mul", reset, recalled)));
  const hidden = ops.binary("add", candidate, ops.binary("mul", update, ops.binary("sub", before, candidate)));
  return { update, reset, candidate, recalled, before, hidden };
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
