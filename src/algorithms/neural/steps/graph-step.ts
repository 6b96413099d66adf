import {
  type Feed,
  Graph,
  GraphOperations,
  GraphSession,
  type Messages,
  type Ref,
  Tape,
  type Tensorflow,
  type Value,
} from "../../../backends/index.ts";
import type { Parameter, Scope } from "../layers/index.ts";
import {
  type Batch,
  type Definition,
  fedArray,
  type Input,
  type TrainingStep,
  type UpdateRates,
  type UpdateReport,
} from "./definition.ts";
import { applyOptimiser, followAverages, gatherGradients, type Updated } from "./graph-optimiser.ts";
import { arrayNames, modelArrays, type Optimiser, power } from "./optimiser.ts";

/** Numbers that are fed with every batch: see `Updated.rates`. */
const RATES = 6;

/** A definition as one TensorFlow graph: forward, backward and update are a single call. */
export class GraphStep implements TrainingStep {
  readonly #definition: Definition;
  readonly #optimiser: Optimiser | null;
  readonly #session: GraphSession;

  constructor(tensorflow: Tensorflow, definition: Definition, optimiser: Optimiser | null) {
    this.#definition = definition;
    this.#optimiser = optimiser;
    const graph = new Graph(tensorflow.messages() as Messages);
    buildGraph(graph, definition, optimiser);
    this.#session = new GraphSession(tensorflow, graph);
  }

  train(batch: Batch, rates: UpdateRates): UpdateReport {
    const { inputs, targets } = this.#definition;
    const feeds = feedsOf([...inputs, ...targets], batch);
    feeds.rates = { shape: [RATES], values: ratesOf(this.#optimiser!, rates) };
    feeds.dropoutSeed = { shape: [2], values: Int32Array.from(rates.dropoutSeed) };
    const [loss, norm] = this.#session.run(feeds, [rates.apply === false ? "gathered" : "report"])[0]!;
    return { loss: loss!, gradientNorm: norm! };
  }

  forward(batch: Batch): Float32Array {
    return this.#session.run(feedsOf(this.#definition.inputs, batch), ["outputs"])[0] as Float32Array;
  }

  read(names: readonly string[]): Record<string, Float32Array> {
    const nodes = names.map((name) => `read/${name}`);
    const values = this.#session.run({}, nodes);
    return Object.fromEntries(names.map((name, i) => [name, values[i] as Float32Array]));
  }

  write(arrays: Readonly<Record<string, Float32Array>>): void {
    const feeds: Record<Ref, Feed> = {};
    for (const parameter of this.#definition.parameters)
      for (const name of arrayNames([parameter], this.#optimiser))
        feeds[`write/${name}`] = { shape: parameter.shape, values: arrays[name]! };
    this.#session.run(feeds, ["written"]);
  }

  dispose(): void {
    this.#session.dispose();
  }
}

function feedsOf(inputs: readonly Input[], batch: Batch): Record<Ref, Feed> {
  return Object.fromEntries(inputs.map((input) => [`input/${input.name}`, fedArray(input, batch)]));
}

function ratesOf(optimiser: Optimiser, rates: UpdateRates): Float32Array {
  const { learningRate, decay, update, batches = 1, averaging = 1 } = rates;
  const powers = optimiser.kind === "sgd" ? [0, 0] : [power(optimiser.beta1, update), power(optimiser.beta2, update)];
  return Float32Array.of(learningRate, decay, ...powers, 1 / batches, averaging);
}

/** The nodes that runs ask for: `report` (trains), `outputs`, `read/<array>`, `written` (after feeding `write/<array>`). */
function buildGraph(graph: Graph, definition: Definition, optimiser: Optimiser | null): void {
  const { parameters } = definition;
  const variables = new Map<string, Ref>();
  for (const parameter of parameters)
    for (const name of arrayNames([parameter], optimiser))
      variables.set(name, graph.variable(`variable/${name}`, parameter.shape));
  const values = new Map(
    parameters.map(({ name, shape }): [string, Value<Ref>] => [name, { at: graph.read(variables.get(name)!), shape }]),
  );
  const scopeWith = scopes(graph, definition);
  const shown = new Map(
    modelArrays(parameters, optimiser).map((array, i): [string, Value<Ref>] => {
      const { name, shape } = parameters[i]!;
      return [name, array === name ? values.get(name)! : { at: graph.read(variables.get(array)!), shape }];
    }),
  );
  graph.named("outputs", definition.outputs(scopeWith(shown, null)).at);
  if (optimiser !== null) {
    const scope = scopeWith(values, graph.placeholder("dropoutSeed", [2], "int32"));
    const loss = definition.loss(scope, definition.outputs(scope));
    const gradients = scope.tape.gradients(loss, [...values.values()]);
    addUpdate(graph, optimiser, loss.at, {
      parameters: parameters.map(({ name, decayed }) => ({ name, decayed, value: values.get(name)!.at })),
      variables,
      gradients,
      rates: unpacked(graph, graph.placeholder("rates", [RATES]), RATES),
    });
  }
  addAccess(graph, parameters, optimiser, variables);
}

/** The nodes `report`, which updates all parameters, and `gathered`, which only adds the gradients up. */
function addUpdate(graph: Graph, optimiser: Optimiser, loss: Ref, given: Updated): void {
  const pair = { T: { type: "float32" }, N: { i: 2 }, axis: { i: 0 } } as const;
  const gathering = optimiser.gathers === true ? gatherGradients(graph, given) : null;
  const gradients = gathering === null ? given.gradients : gathering.totals;
  const { after, norm } = applyOptimiser(graph, optimiser, { ...given, gradients });
  const behind = [
    ...after,
    ...(optimiser.averages === true ? followAverages(graph, given, after) : []),
    ...(gathering === null ? [] : gathering.clear(after)),
  ];
  graph.named("report", graph.op("Pack", [loss, norm], pair), behind);
  if (gathering !== null) graph.named("gathered", graph.op("Pack", [loss, graph.constant(0)], pair), gathering.add);
}

/** Makes scopes over the same inputs, each with parameters and a tape of its own. */
function scopes(
  graph: Graph,
  { inputs, targets }: Definition,
): (values: ReadonlyMap<string, Value<Ref>>, dropoutSeed: Ref | null) => Scope<Ref> {
  const fed = new Map(
    [...inputs, ...targets].map(({ name, shape, dtype }): [string, Value<Ref>] => {
      const open = [-1, ...shape];
      return [name, { at: graph.placeholder(`input/${name}`, open, dtype), shape: open }];
    }),
  );
  return (values, dropoutSeed) => {
    let use = 0;
    return {
      tape: new Tape(new GraphOperations(graph)),
      parameter: (name) => values.get(name)!,
      input: (name) => fed.get(name)!,
      dropoutSeed,
      nextUse: () => use++,
    };
  };
}

/** The numbers of a vector. */
function unpacked(graph: Graph, vector: Ref, count: number): Ref[] {
  const made = graph.op("Unpack", [vector], { T: { type: "float32" }, num: { i: count }, axis: { i: 0 } });
  return Array.from({ length: count }, (_, i) => (i === 0 ? made : `${made}:${i}`));
}

/** Reading and writing all arrays. */
function addAccess(
  graph: Graph,
  parameters: readonly Parameter[],
  optimiser: Optimiser | null,
  variables: ReadonlyMap<string, Ref>,
): void {
  for (const [name, variable] of variables) graph.named(`read/${name}`, graph.read(variable));
  const writes = parameters.flatMap((parameter) =>
    arrayNames([parameter], optimiser).map((name) =>
      graph.assign(variables.get(name)!, graph.placeholder(`write/${name}`, parameter.shape)),
    ),
  );
  graph.named("written", graph.constant(1), writes);
}
