import type { Operations, Value } from "../../../backends/index.ts";
import type { Parameter, Scope } from "./scope.ts";
import { stepByStep, sumOf } from "./step-by-step.ts";

/** Parameters of an LSTM: gates side by side in the order input, forget, candidate, output. */
export function lstmParameters(name: string, inputs: number, units: number): Parameter[] {
  return [
    { name: `${name}/weight`, shape: [inputs, 4 * units], decayed: true, initial: "glorot" },
    { name: `${name}/recurrent`, shape: [units, 4 * units], decayed: true, initial: "orthogonal" },
    { name: `${name}/bias`, shape: [4 * units], decayed: false, initial: "forget" },
  ];
}

/** Values that one step keeps for the way back. `cellBefore` is null at the first. */
interface Step<V> {
  /** What the gates are made from: the inputs, and behind the first step the hidden state beside them. */
  readonly seen: V;
  readonly gates: readonly V[];
  readonly activation: V;
  readonly hidden: V;
  readonly cell: V;
  readonly cellBefore: V | null;
}

/** Weights and bias of each gate. */
interface GateWeights<V> {
  readonly weights: readonly V[];
  readonly biases: readonly V[];
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber, 1997; forget gates by Gers et al., 2000), unrolled over the steps. Each gate is
 * one product of inputs and hidden state side by side, which TensorFlow makes in one go with bias and activation.
 *
 * @param x rows × steps × inputs
 * @returns the hidden state after each step, rows × units
 */
export function lstm<V>({ tape, parameter }: Scope<V>, name: string, x: Value<V>): Value<V>[] {
  const { operations: ops } = tape;
  const [weight, recurrent, bias] = ["weight", "recurrent", "bias"].map((part) => parameter(`${name}/${part}`)) as [
    Value<V>,
    Value<V>,
    Value<V>,
  ];
  const [inputs, units] = [weight.shape[0]!, recurrent.shape[0]!];
  const given = stepByStep(tape, x);
  const biases = ops.split(bias.at, 4, 0);
  const first = { weights: ops.split(weight.at, 4, 1), biases };
  const later = { weights: ops.split(ops.concat([weight.at, recurrent.at], 0), 4, 1), biases };
  const steps: Step<V>[] = [];
  for (const input of ops.split(given.at, x.shape[1]!, 0)) {
    const before = steps.at(-1) ?? null;
    steps.push(forward(ops, input, before, before === null ? first : later));
  }
  const outputs = steps.map(({ hidden }) => ({ at: hidden, shape: [-1, units] }));
  tape.record(outputs, [given, weight, recurrent, bias], (gradients) => {
    const changes = backward(ops, steps, gradients, recurrent.at);
    const byWeights = weightGradients(ops, steps, changes, inputs, units);
    return [
      () => ops.matMul(ops.concat(changes, 0), weight.at, false, true),
      () => byWeights.weight,
      () => byWeights.recurrent ?? ops.unary("zerosLike", recurrent.at),
      () =>
        sumOf(
          ops,
          changes.map((change) => ops.biasGradient(change)),
        ),
    ];
  });
  return outputs;
}

function forward<V>(
  ops: Operations<V>,
  input: V,
  before: Step<V> | null,
  { weights, biases }: GateWeights<V>,
): Step<V> {
  const seen = before === null ? input : ops.concat([input, before.hidden], 1);
  const gate = (i: number, kind: "sigmoid" | "tanh"): V =>
    ops.unary(kind, ops.biasAdd(ops.matMul(seen, weights[i]!, false, false), biases[i]!));
  const [write, forget, candidate, output] = [
    gate(0, "sigmoid"),
    gate(1, "sigmoid"),
    gate(2, "tanh"),
    gate(3, "sigmoid"),
  ];
  const written = ops.binary("mul", write, candidate);
  const cell = before === null ? written : ops.binary("add", written, ops.binary("mul", forget, before.cell));
  const activation = ops.unary("tanh", cell);
  return {
    seen,
    gates: [write, forget, candidate, output],
    activation,
    hidden: ops.binary("mul", output, activation),
    cell,
    cellBefore: before?.cell ?? null,
  };
}

/** The gradient of each step's gates before their activation, from the last step to the first. */
function backward<V>(
  ops: Operations<V>,
  steps: readonly Step<V>[],
  gradients: readonly (V | null)[],
  recurrent: V,
): V[] {
  const changes: V[] = [];
  let hidden: V | null = null;
  let cell: V | null = null;
  for (let t = steps.length - 1; t >= 0; t--) {
    const { gates, activation, cellBefore } = steps[t]!;
    const [write, forget, candidate, output] = gates as [V, V, V, V];
    hidden = plus(ops, hidden, gradients[t]!);
    if (hidden === null) hidden = ops.unary("zerosLike", activation);
    cell = plus(ops, cell, ops.unaryGradient("tanh", activation, ops.binary("mul", hidden, output)))!;
    const change = ops.concat(
      [
        ops.unaryGradient("sigmoid", write, ops.binary("mul", cell, candidate)),
        cellBefore === null
          ? ops.unary("zerosLike", forget)
          : ops.unaryGradient("sigmoid", forget, ops.binary("mul", cell, cellBefore)),
        ops.unaryGradient("tanh", candidate, ops.binary("mul", cell, write)),
        ops.unaryGradient("sigmoid", output, ops.binary("mul", hidden, activation)),
      ],
      1,
    );
    changes.unshift(change);
    if (t === 0) break;
    hidden = ops.matMul(change, recurrent, false, true);
    cell = ops.binary("mul", cell, forget);
  }
  return changes;
}

/** Summed step by step: one long product of all steps would first have to put them side by side. */
function weightGradients<V>(
  ops: Operations<V>,
  steps: readonly Step<V>[],
  changes: readonly V[],
  inputs: number,
  units: number,
): { weight: V; recurrent: V | null } {
  const [first, ...others] = steps.map(({ seen }, t) => ops.matMul(seen, changes[t]!, true, false)) as [V, ...V[]];
  if (others.length === 0) return { weight: first, recurrent: null };
  const both = sumOf(ops, others);
  return {
    weight: ops.binary("add", first, ops.slice(both, [0, 0], [inputs, -1])),
    recurrent: ops.slice(both, [inputs, 0], [units, -1]),
  };
}

function plus<V>(ops: Operations<V>, a: V | null, b: V | null): V | null {
  return a === null || b === null ? (a ?? b) : ops.binary("add", a, b);
}
