import type { Operations, Value } from "../../../backends/index.ts";
import { projectedSteps } from "./projected-steps.ts";
import type { Parameter, Scope } from "./scope.ts";

/** Parameters of an LSTM: gates side by side in the order input, forget, candidate, output. */
export function lstmParameters(name: string, inputs: number, units: number): Parameter[] {
  return [
    { name: `${name}/weight`, shape: [inputs, 4 * units], decayed: true, initial: "glorot" },
    { name: `${name}/recurrent`, shape: [units, 4 * units], decayed: true, initial: "orthogonal" },
    { name: `${name}/bias`, shape: [4 * units], decayed: false, initial: "forget" },
  ];
}

/** What the way back needs of one step. `cellBefore` and `hiddenBefore` are null at the first. */
interface Step<V> {
  readonly gates: readonly V[];
  readonly activation: V;
  readonly hidden: V;
  readonly cell: V;
  readonly cellBefore: V | null;
  readonly hiddenBefore: V | null;
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber, 1997; forget gates by Gers et al., 2000), unrolled over the steps.
 *
 * @param x rows × steps × inputs
 * @returns the hidden state after each step, rows × units
 */
export function lstm<V>({ tape, parameter }: Scope<V>, name: string, x: Value<V>): Value<V>[] {
  const { operations: ops } = tape;
  const recurrent = parameter(`${name}/recurrent`);
  const units = recurrent.shape[0]!;
  const projected = projectedSteps(tape, x, parameter(`${name}/weight`), parameter(`${name}/bias`));
  const steps: Step<V>[] = [];
  for (const input of ops.split(projected.at, x.shape[1]!, 0))
    steps.push(forward(ops, input, recurrent.at, steps.at(-1) ?? null));
  const outputs = steps.map(({ hidden }) => ({ at: hidden, shape: [-1, units] }));
  tape.record(outputs, [projected, recurrent], (gradients) => {
    const changes = backward(ops, steps, gradients, recurrent.at);
    const before = steps.slice(1).map(({ hiddenBefore }) => hiddenBefore!);
    return [
      () => ops.concat(changes, 0),
      () =>
        before.length === 0
          ? ops.unary("zerosLike", recurrent.at)
          : ops.matMul(ops.concat(before, 0), ops.concat(changes.slice(1), 0), true, false),
    ];
  });
  return outputs;
}

function forward<V>(ops: Operations<V>, input: V, recurrent: V, before: Step<V> | null): Step<V> {
  const sum = before === null ? input : ops.binary("add", input, ops.matMul(before.hidden, recurrent, false, false));
  const [a, b, c, d] = ops.split(sum, 4, 1) as [V, V, V, V];
  const [write, forget, candidate, output] = [
    ops.unary("sigmoid", a),
    ops.unary("sigmoid", b),
    ops.unary("tanh", c),
    ops.unary("sigmoid", d),
  ];
  const written = ops.binary("mul", write, candidate);
  const cell = before === null ? written : ops.binary("add", written, ops.binary("mul", forget, before.cell));
  const activation = ops.unary("tanh", cell);
  return {
    gates: [write, forget, candidate, output],
    activation,
    hidden: ops.binary("mul", output, activation),
    cell,
    cellBefore: before?.cell ?? null,
    hiddenBefore: before?.hidden ?? null,
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

function plus<V>(ops: Operations<V>, a: V | null, b: V | null): V | null {
  return a === null || b === null ? (a ?? b) : ops.binary("add", a, b);
}
