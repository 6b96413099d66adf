import { Tape, type Value } from "../../../backends/index.ts";
import { KaaykoError, type ModelContent, type Task } from "../../../core/index.ts";
import { readContent } from "../../sequence/content.ts";
import { defineSequence } from "../../sequence/definition.ts";
import { extrasWidth, type SequenceEncoding } from "../../sequence/encoding.ts";
import { SEQUENCE_NETWORKS } from "../../sequence/networks.ts";
import { readModel } from "../model.ts";
import { parameterShapes } from "../network.ts";
import { encodeInputs } from "./encode-inputs.ts";
import type { PortableOperations } from "./portable-operations.ts";

/** An array that the exported model is fed with: rows × shape. */
export interface PortableInput {
  readonly name: "features" | "windows";
  readonly shape: readonly number[];
}

/** A trained network, from raw features to predictions, as a program over operations. */
export interface PortableNetwork {
  readonly inputs: readonly PortableInput[];
  readonly output: { readonly name: "prediction" | "probabilities"; readonly width: number };
  write<V>(ops: PortableOperations<V>, inputs: Readonly<Record<string, V>>): V;
}

/** True for models that `portableNetwork` takes. */
export function isNetwork({ algorithm }: ModelContent): boolean {
  return algorithm === "mlp" || Object.hasOwn(SEQUENCE_NETWORKS, algorithm);
}

/**
 * @param features of the model
 * @throws KaaykoError (damaged) for a model that is not whole
 */
export function portableNetwork(content: ModelContent, task: Task, features: number): PortableNetwork {
  return content.algorithm === "mlp" ? portableMlp(content, task, features) : portableSequence(content, features);
}

function portableMlp(content: ModelContent, { classes }: Task, features: number): PortableNetwork {
  const { inputs, network, centre, spread, weights } = readModel(content, features);
  const shapes = new Map(parameterShapes(network).map(({ name, shape }) => [name, shape]));
  return {
    inputs: [{ name: "features", shape: [features] }],
    output: classes === undefined ? { name: "prediction", width: 1 } : { name: "probabilities", width: classes.length },
    write(ops, given) {
      const array = (name: string) => ops.weights(name, weights[name]!, shapes.get(name)!);
      const { dense, codes } = encodeInputs(ops, inputs, given.features!);
      const vectors = codes.map((code, i) => ops.gather(array(`embedding${i}`), code));
      let signal = ops.concat([...(dense === null ? [] : [dense]), ...vectors], 1);
      for (let layer = 0; layer <= network.hidden.length; layer++) {
        signal = ops.biasAdd(ops.matMul(signal, array(`weight${layer}`), false, false), array(`bias${layer}`));
        if (layer < network.hidden.length) signal = ops.unary("relu", signal);
      }
      if (network.loss === "squared") return rescaled(ops, signal, centre, spread);
      if (network.loss === "softmax") return ops.softmax(signal);
      const second = ops.unary("sigmoid", signal);
      return ops.concat([ops.binary("sub", ops.constant([1], [1]), second), second], 1);
    },
  };
}

function portableSequence(content: ModelContent, features: number): PortableNetwork {
  const name = content.algorithm;
  const network = SEQUENCE_NETWORKS[name]!;
  const { plan, encoding, weights } = readContent({ name, network }, content, features);
  const definition = defineSequence(network, plan);
  const shapes = new Map(definition.parameters.map((parameter) => [parameter.name, parameter.shape]));
  const windows: PortableInput = { name: "windows", shape: [plan.steps, encoding.channels.length] };
  return {
    inputs: extrasWidth(encoding) > 0 ? [windows, { name: "features", shape: [features] }] : [windows],
    output: { name: "prediction", width: plan.horizon * Math.max(1, plan.quantiles.length) },
    write<V>(ops: PortableOperations<V>, given: Readonly<Record<string, V>>): V {
      const known = new Map<string, Value<V>>();
      const parameter = (own: string): Value<V> => {
        const shape = shapes.get(own)!;
        const value = known.get(own) ?? { at: ops.weights(own, weights[own]!, shape), shape };
        known.set(own, value);
        return value;
      };
      const inputs: Record<string, Value<V>> = {
        window: { at: encodeWindow(ops, encoding, given.windows!), shape: [-1, plan.steps, plan.inputs] },
      };
      if (given.features !== undefined)
        inputs.extras = { at: encodeInputs(ops, encoding.extras, given.features).dense!, shape: [-1, plan.extras] };
      const made = definition.outputs({
        tape: new Tape(ops),
        parameter,
        input: (own) => inputs[own]!,
        dropoutSeed: null,
        nextUse: () => 0,
      });
      return rescaled(ops, made.at, encoding.centre, encoding.spread);
    },
  };
}

/** What `encodeWindows` does: standardised; a missing reading repeats the one before it, and is marked where the channel has marks. */
function encodeWindow<V>(ops: PortableOperations<V>, { steps, channels }: SequenceEncoding, windows: V): V {
  const over = (of: (channel: SequenceEncoding["channels"][number]) => number): V =>
    ops.constant(channels.map(of), [channels.length]);
  const missing = ops.isMissing(windows);
  const known = ops.binary("sub", ops.constant([1], [1]), missing);
  const centred = ops.binary(
    "sub",
    ops.filled(windows),
    over(({ mean }) => mean),
  );
  const scaled = ops.binary(
    "mul",
    ops.binary(
      "mul",
      centred,
      over(({ scale }) => scale),
    ),
    known,
  );
  const at = (a: V, step: number): V => ops.slice(a, [0, step, 0], [-1, 1, -1]);
  const filled: V[] = [at(scaled, 0)];
  for (let step = 1; step < steps; step++)
    filled.push(ops.binary("add", at(scaled, step), ops.binary("mul", at(missing, step), filled[step - 1]!)));
  const values = ops.concat(filled, 1);
  if (channels.every(({ marked }) => !marked)) return values;
  const column = (a: V, channel: number): V => ops.slice(a, [0, 0, channel], [-1, -1, 1]);
  const parts = channels.flatMap(({ marked }, i) => [column(values, i), ...(marked ? [column(missing, i)] : [])]);
  return ops.concat(parts, 2);
}

function rescaled<V>(ops: PortableOperations<V>, outputs: V, centre: number, spread: number): V {
  return ops.binary("add", ops.binary("mul", outputs, ops.constant([spread], [1])), ops.constant([centre], [1]));
}

/** The error for a model that is no network. */
export function notANetwork({ algorithm }: ModelContent): KaaykoError {
  return new KaaykoError({
    action: `export ${algorithm}`,
    rule: "it must be a network (mlp, lstm, gru, tcn, transformer, seq2seq)",
    got: algorithm,
    kind: "input",
  });
}
