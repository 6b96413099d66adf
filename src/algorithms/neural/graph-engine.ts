import {
  type Attribute,
  applyAdam,
  type Feed,
  Graph,
  GraphOperations,
  GraphSession,
  type Messages,
  type Ref,
  Tape,
  type Tensorflow,
  type Value,
} from "../../backends/index.ts";
import type { EncodedRows } from "./encoding.ts";
import { BETA1, BETA2, type Engine, EPSILON, slotNames, type TrainingRows, type UpdateRates } from "./engine.ts";
import { type Network, type ParameterShape, parameterShapes } from "./network.ts";

const T: Record<string, Attribute> = { T: { type: "float32" } };
const NAMES = ["learningRate", "beta1Power", "beta2Power", "decay"] as const;

/** The network as one TensorFlow graph: forward, backward and update are a single call. */
export class GraphEngine implements Engine {
  readonly #network: Network;
  readonly #parameters: readonly ParameterShape[];
  readonly #session: GraphSession;

  constructor(tensorflow: Tensorflow, network: Network) {
    this.#network = network;
    this.#parameters = parameterShapes(network);
    const graph = new Graph(tensorflow.messages() as Messages);
    buildGraph(graph, network, this.#parameters);
    this.#session = new GraphSession(tensorflow, graph);
  }

  train(rows: TrainingRows, rates: UpdateRates): number {
    const { outputs } = this.#network;
    const feeds = {
      ...this.#inputs(rows),
      target: { shape: [rows.rows, outputs], values: rows.target.subarray(0, rows.rows * outputs) },
      weight: { shape: [rows.rows, 1], values: rows.weight.subarray(0, rows.rows) },
      ...Object.fromEntries(NAMES.map((name) => [name, scalar(rates[name])])),
    };
    return this.#session.run(feeds, ["loss"])[0]![0]!;
  }

  forward(rows: EncodedRows): Float32Array {
    return this.#session.run(this.#inputs(rows), ["outputs"])[0] as Float32Array;
  }

  read(names: readonly string[]): Record<string, Float32Array> {
    const values = this.#session.run(
      {},
      names.map((name) => `read/${name}`),
    );
    return Object.fromEntries(names.map((name, i) => [name, values[i] as Float32Array]));
  }

  write(arrays: Readonly<Record<string, Float32Array>>): void {
    const feeds: Record<Ref, Feed> = {};
    for (const { name, shape } of this.#parameters)
      for (const slot of slotNames([{ name }])) feeds[`write/${slot}`] = { shape, values: arrays[slot]! };
    this.#session.run(feeds, ["written"]);
  }

  dispose(): void {
    this.#session.dispose();
  }

  #inputs(rows: EncodedRows): Record<Ref, Feed> {
    const { dense, embeddings } = this.#network;
    const count = rows.rows;
    const feeds: Record<Ref, Feed> = {};
    if (dense > 0) feeds.dense = { shape: [count, dense], values: rows.dense.subarray(0, count * dense) };
    if (embeddings.length > 0)
      feeds.codes = { shape: [count, embeddings.length], values: rows.codes.subarray(0, count * embeddings.length) };
    return feeds;
  }
}

function scalar(value: number): Feed {
  return { shape: [], values: Float32Array.of(value) };
}

/** The nodes that runs ask for: `loss` (trains), `outputs`, `read/<array>`, `written` (after feeding `write/<array>`). */
function buildGraph(graph: Graph, network: Network, parameters: readonly ParameterShape[]): void {
  const variables = new Map<string, Ref>();
  for (const { name, shape } of parameters)
    for (const slot of slotNames([{ name }])) variables.set(slot, graph.variable(`variable/${slot}`, shape));
  const values = new Map(
    parameters.map(({ name, shape }): [string, Value<Ref>] => [name, { at: graph.read(variables.get(name)!), shape }]),
  );
  const tape = new Tape(new GraphOperations(graph));
  const output = buildForward(graph, tape, network, (name) => values.get(name)!);
  graph.named("outputs", output.at);
  const { loss, gradient } = buildLoss(graph, network, output.at);
  const gradients = tape.gradientsFrom(
    output,
    gradient,
    parameters.map(({ name }) => values.get(name)!),
  );
  const [learningRate, beta1Power, beta2Power, decay] = NAMES.map((name) => graph.placeholder(name, []));
  const updates = applyAdam(
    graph,
    parameters.map(({ name, decayed }) => ({
      variable: variables.get(name)!,
      value: values.get(name)!.at,
      m: variables.get(`${name}/m`)!,
      v: variables.get(`${name}/v`)!,
      decayed,
    })),
    gradients,
    { learningRate: learningRate!, beta1Power: beta1Power!, beta2Power: beta2Power!, decay: decay! },
    { beta1: BETA1, beta2: BETA2, epsilon: EPSILON },
  );
  graph.named("loss", loss, updates);
  for (const [slot, variable] of variables) graph.named(`read/${slot}`, graph.read(variable));
  const writes = parameters.flatMap(({ name, shape }) =>
    slotNames([{ name }]).map((slot) => graph.assign(variables.get(slot)!, graph.placeholder(`write/${slot}`, shape))),
  );
  graph.named("written", graph.constant(1), writes);
}

function buildForward(
  graph: Graph,
  tape: Tape<Ref>,
  network: Network,
  value: (name: string) => Value<Ref>,
): Value<Ref> {
  const parts: Value<Ref>[] = [];
  if (network.dense > 0) parts.push(tape.source(graph.placeholder("dense", [-1, network.dense]), [-1, network.dense]));
  if (network.embeddings.length > 0) {
    const codes = graph.placeholder("codes", [-1, network.embeddings.length], "int32");
    network.embeddings.forEach((_, i) => {
      parts.push(tape.gather(value(`embedding${i}`), codesOf(graph, codes, i)));
    });
  }
  let signal = tape.concat(parts, 1);
  for (let layer = 0; layer <= network.hidden.length; layer++) {
    signal = tape.biasAdd(tape.matMul(signal, value(`weight${layer}`)), value(`bias${layer}`));
    if (layer < network.hidden.length) signal = tape.relu(signal);
  }
  return signal;
}

function codesOf(graph: Graph, codes: Ref, column: number): Ref {
  const types = { T: { type: "int32" }, Index: { type: "int32" } } as const;
  const begin = graph.constant([0, column], "int32");
  const slice = graph.op("Slice", [codes, begin, graph.constant([-1, 1], "int32")], types);
  return graph.op("Reshape", [slice, graph.constant([-1], "int32")], {
    T: { type: "int32" },
    Tshape: { type: "int32" },
  });
}

/** The weighted mean loss and its gradient by the outputs. */
function buildLoss(graph: Graph, network: Network, output: Ref): { loss: Ref; gradient: Ref } {
  const target = graph.placeholder("target", [-1, network.outputs]);
  const weight = graph.placeholder("weight", [-1, 1]);
  const op = (name: string, ...inputs: Ref[]): Ref => graph.op(name, inputs, T);
  const total = (terms: Ref): Ref =>
    graph.op("Sum", [terms, graph.constant([0, 1], "int32")], {
      ...T,
      Tidx: { type: "int32" },
      keep_dims: { b: false },
    });
  if (network.loss === "squared") {
    const error = op("Sub", output, target);
    const weighted = op("Mul", weight, error);
    return { loss: total(op("Mul", weighted, error)), gradient: op("Mul", graph.constant(2), weighted) };
  }
  if (network.loss === "logistic") {
    const gradient = op("Mul", weight, op("Sub", op("Sigmoid", output), target));
    const tail = op("Log1p", op("Exp", op("Neg", op("Abs", output))));
    const terms = op("AddV2", op("Sub", op("Relu", output), op("Mul", output, target)), tail);
    return { loss: total(op("Mul", weight, terms)), gradient };
  }
  const entropy = op("SoftmaxCrossEntropyWithLogits", output, target);
  const terms = graph.op("Reshape", [entropy, graph.constant([-1, 1], "int32")], { ...T, Tshape: { type: "int32" } });
  return { loss: total(op("Mul", weight, terms)), gradient: op("Mul", weight, `${entropy}:1`) };
}
