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
  type Update,
  type UpdateRates,
  type UpdateReport,
} from "./definition.ts";
import { applyOptimiser, followAverages, gatherGradients, type Updated } from "./graph-optimiser.ts";
import { arrayNames, modelArrays, type Optimiser, power } from "./optimiser.ts";

/** Numbers that are fed with every batch: see `Updated.rates`. */
const RATES = 6;

/** A definition as one TensorFlow graph: forward, backward and update are a single call, of one batch or of several. */
export class GraphStep implements TrainingStep {
  readonly #definition: Definition;
  readonly #optimiser: Optimiser | null;
  readonly #stepsPerCall: number;
  readonly #session: GraphSession;

  /** @param stepsPerCall batches of a call of `trainAll`. Gathering optimisers make 1 */
  constructor(tensorflow: Tensorflow, definition: Definition, optimiser: Optimiser | null, stepsPerCall = 1) {
    this.#definition = definition;
    this.#optimiser = optimiser;
    this.#stepsPerCall = stepsPerCall;
    const graph = new Graph(tensorflow.messages() as Messages);
    buildGraph(graph, definition, optimiser, stepsPerCall);
    this.#session = new GraphSession(tensorflow, graph);
  }

  train(batch: Batch, rates: UpdateRates): UpdateReport {
    return this.#train([{ batch, rates }], "", rates.apply === false ? "gathered" : "report")[0]!;
  }

  trainAll(updates: readonly Update[]): UpdateReport[] {
    const count = this.#stepsPerCall;
    const reports: UpdateReport[] = [];
    for (let at = 0; at < updates.length; ) {
      const whole = count > 1 && at + count <= updates.length;
      if (whole) reports.push(...this.#train(updates.slice(at, at + count), "batch", "reports"));
      else reports.push(this.train(updates[at]!.batch, updates[at]!.rates));
      at += whole ? count : 1;
    }
    return reports;
  }

  #train(updates: readonly Update[], prefix: string, report: string): UpdateReport[] {
    const { inputs, targets } = this.#definition;
    const feeds: Record<Ref, Feed> = {};
    updates.forEach(({ batch, rates }, i) => {
      const place = prefix === "" ? "" : `${prefix}${i}/`;
      Object.assign(feeds, feedsOf([...inputs, ...targets], batch, place));
      feeds[`${place}rates`] = { shape: [RATES], values: ratesOf(this.#optimiser!, rates) };
      feeds[`${place}dropoutSeed`] = { shape: [2], values: Int32Array.from(rates.dropoutSeed) };
    });
    const numbers = this.#session.run(feeds, [report])[0]!;
    return updates.map((_, i) => ({ loss: numbers[2 * i]!, gradientNorm: numbers[2 * i + 1]! }));
  }

  forward(batch: Batch): Float32Array {
    return this.#session.run(feedsOf(this.#definition.inputs, batch, ""), ["outputs"])[0] as Float32Array;
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

function feedsOf(inputs: readonly Input[], batch: Batch, place: string): Record<Ref, Feed> {
  return Object.fromEntries(inputs.map((input) => [`${place}input/${input.name}`, fedArray(input, batch)]));
}

function ratesOf(optimiser: Optimiser, rates: UpdateRates): Float32Array {
  const { learningRate, decay, update, batches = 1, averaging = 1 } = rates;
  const powers = optimiser.kind === "sgd" ? [0, 0] : [power(optimiser.beta1, update), power(optimiser.beta2, update)];
  return Float32Array.of(learningRate, decay, ...powers, 1 / batches, averaging);
}

/**
 * The nodes that runs ask for: `report` (trains), `reports` (trains on several batches), `outputs`, `read/<array>`, `written` (after
 * feeding `write/<array>`).
 */
function buildGraph(graph: Graph, definition: Definition, optimiser: Optimiser | null, stepsPerCall: number): void {
  const { parameters } = definition;
  const variables = new Map<string, Ref>();
  for (const parameter of parameters)
    for (const name of arrayNames([parameter], optimiser))
      variables.set(name, graph.variable(`variable/${name}`, parameter.shape));
  const values = modelArrays(parameters, optimiser).map((array) => graph.read(variables.get(array)!));
  const fed = placeholders(graph, definition, "");
  graph.named("outputs", definition.outputs(scopeOf(graph, fed, parameters, values, null)).at);
  if (optimiser !== null) {
    const training = { definition, optimiser, variables };
    const { made, updated, gathering } = addStep(graph, training, fed, "", []);
    graph.named("report", made, updated);
    if (gathering !== null) graph.named("gathered", gathering.made, gathering.after);
    else if (stepsPerCall > 1) addSteps(graph, training, stepsPerCall);
  }
  addAccess(graph, parameters, optimiser, variables);
}

interface Training {
  readonly definition: Definition;
  readonly optimiser: Optimiser;
  readonly variables: ReadonlyMap<string, Ref>;
}

/** Several steps, each behind the one before. */
function addSteps(graph: Graph, training: Training, count: number): void {
  let behind: readonly Ref[] = [];
  const made: Ref[] = [];
  for (let i = 0; i < count; i++) {
    const place = `batch${i}/`;
    const step = addStep(graph, training, placeholders(graph, training.definition, place), place, behind);
    made.push(step.made);
    behind = [graph.op("NoOp", [], {}, { after: step.updated })];
  }
  const attributes = { T: { type: "float32" }, N: { i: count }, axis: { i: 0 } } as const;
  graph.named("reports", graph.op("Pack", made, attributes), behind);
}

/**
 * One step.
 *
 * @param fed its inputs and targets
 * @param place what the names of its placeholders begin with
 * @param behind nodes that must have run before it begins
 * @returns loss and length of the gradients as a pair, the nodes of its update, and what gathers instead of updating
 */
function addStep(graph: Graph, training: Training, fed: Placed, place: string, behind: readonly Ref[]) {
  const { definition, optimiser, variables } = training;
  const { parameters } = definition;
  const read = parameters.map(({ name }) => graph.read(variables.get(name)!, behind));
  const seed = graph.placeholder(`${place}dropoutSeed`, [2], "int32");
  const scope = scopeOf(graph, fed, parameters, read, seed);
  const loss = definition.loss(scope, definition.outputs(scope));
  const gradients = scope.tape.gradients(
    loss,
    parameters.map(({ name }) => scope.parameter(name)),
  );
  return addUpdate(graph, optimiser, loss.at, {
    parameters: parameters.map(({ name, decayed }, i) => ({ name, decayed, value: read[i]! })),
    variables,
    gradients,
    behind,
    rates: unpacked(graph, graph.placeholder(`${place}rates`, [RATES]), RATES),
  });
}

/** What updates all parameters, and what only adds the gradients up. */
function addUpdate(graph: Graph, optimiser: Optimiser, loss: Ref, given: Updated) {
  const pair = { T: { type: "float32" }, N: { i: 2 }, axis: { i: 0 } } as const;
  const gathering = optimiser.gathers === true ? gatherGradients(graph, given) : null;
  const gradients = gathering === null ? given.gradients : gathering.totals;
  const { after, norm } = applyOptimiser(graph, optimiser, { ...given, gradients });
  return {
    made: graph.op("Pack", [loss, norm], pair),
    updated: [
      ...after,
      ...(optimiser.averages === true ? followAverages(graph, given, after) : []),
      ...(gathering === null ? [] : gathering.clear(after)),
    ],
    gathering:
      gathering === null ? null : { made: graph.op("Pack", [loss, graph.constant(0)], pair), after: gathering.add },
  };
}

/** Values by the name of an input. */
type Placed = ReadonlyMap<string, Value<Ref>>;

function placeholders(graph: Graph, { inputs, targets }: Definition, place: string): Placed {
  return new Map(
    [...inputs, ...targets].map(({ name, shape, dtype }) => {
      const open = [-1, ...shape];
      return [name, { at: graph.placeholder(`${place}input/${name}`, open, dtype), shape: open }];
    }),
  );
}

/** A scope with a tape of its own. @param values of the parameters */
function scopeOf(
  graph: Graph,
  fed: Placed,
  parameters: readonly Parameter[],
  values: readonly Ref[],
  dropoutSeed: Ref | null,
): Scope<Ref> {
  const placed = new Map(parameters.map(({ name, shape }, i) => [name, { at: values[i]!, shape }]));
  let use = 0;
  return {
    tape: new Tape(new GraphOperations(graph)),
    parameter: (name) => placed.get(name)!,
    input: (name) => fed.get(name)!,
    dropoutSeed,
    nextUse: () => use++,
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
