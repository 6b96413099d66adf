import { type Attribute, applyAdam, type Graph, type Ref } from "../../../backends/index.ts";
import { AVERAGE, GATHERED, type Optimiser } from "./optimiser.ts";

const T: Record<string, Attribute> = { T: { type: "float32" } };

export interface Updated {
  readonly parameters: readonly { readonly name: string; readonly decayed: boolean; readonly value: Ref }[];
  /** Handles of parameters and slots. */
  readonly variables: ReadonlyMap<string, Ref>;
  /** In the order of the parameters. */
  readonly gradients: readonly Ref[];
  /** What must have run before variables are read. */
  readonly behind: readonly Ref[];
  /** Learning rate, decay, Adam's powers, one over the batches that are added up, and by how much moving means follow. */
  readonly rates: readonly Ref[];
}

/** One update of all parameters. Returns the nodes that must run, and the length of the gradients (0 where it is not needed). */
export function applyOptimiser(
  graph: Graph,
  optimiser: Optimiser,
  { parameters, variables, gradients: given, rates }: Updated,
): { after: Ref[]; norm: Ref } {
  const { gradients, norm } = clip(graph, given, optimiser.clipNorm);
  const [learningRate, decay, beta1Power, beta2Power] = rates as [Ref, Ref, Ref, Ref];
  const slot = (name: string): Ref => variables.get(name)!;
  if (optimiser.kind === "adamw") {
    const slots = parameters.map(({ name, decayed, value }) => ({
      variable: slot(name),
      value,
      m: slot(`${name}/m`),
      v: slot(`${name}/v`),
      decayed,
    }));
    return {
      after: applyAdam(graph, slots, gradients, { learningRate, beta1Power, beta2Power, decay }, optimiser),
      norm,
    };
  }
  const momentum = graph.constant(optimiser.momentum);
  const after = parameters.map(({ name, decayed, value }, i) => {
    const wait = [...gradients];
    if (decayed) {
      const part = graph.op("Mul", [value, decay], T);
      wait.push(
        graph.op("AssignSubVariableOp", [slot(name), part], { dtype: { type: "float32" } }, { after: gradients }),
      );
    }
    const inputs = [slot(name), slot(`${name}/momentum`), learningRate, gradients[i]!, momentum];
    const attributes = { ...T, use_locking: { b: false }, use_nesterov: { b: false } };
    return graph.op("ResourceApplyKerasMomentum", inputs, attributes, { after: wait });
  });
  return { after, norm };
}

/** Gradients that are added up: those of this batch and of the ones before it, as their mean. */
export function gatherGradients(graph: Graph, { parameters, variables, gradients, rates }: Updated) {
  const slots = parameters.map(({ name }) => variables.get(`${name}/${GATHERED}`)!);
  const before = slots.map((slot) => graph.read(slot));
  const share = rates[4]!;
  const sums = gradients.map((gradient, i) => graph.op("AddV2", [before[i]!, gradient], T));
  const dtype = { dtype: { type: "float32" } } as const;
  return {
    /** The mean of all. */
    totals: sums.map((sum) => graph.op("Mul", [sum, share], T)),
    /** Nodes that keep this batch's for later. */
    add: slots.map((slot, i) => graph.op("AssignAddVariableOp", [slot, gradients[i]!], dtype, { after: sums })),
    /** Nodes that forget all, once an update was made of them. */
    clear: (after: readonly Ref[]): Ref[] =>
      slots.map((slot, i) => {
        const zeros = graph.op("ZerosLike", [before[i]!], T);
        return graph.op("AssignVariableOp", [slot, zeros], dtype, { after: [...after, ...sums] });
      }),
  };
}

/** Nodes that let the moving means follow the parameters, once these were updated. */
export function followAverages(
  graph: Graph,
  { parameters, variables, behind, rates }: Updated,
  after: readonly Ref[],
): Ref[] {
  const share = rates[5]!;
  const dtype = { dtype: { type: "float32" } } as const;
  return parameters.map(({ name }) => {
    const mean = variables.get(`${name}/${AVERAGE}`)!;
    const now = graph.op("ReadVariableOp", [variables.get(name)!], dtype, { after });
    const difference = graph.op("Sub", [now, graph.read(mean, behind)], T);
    return graph.op("AssignAddVariableOp", [mean, graph.op("Mul", [difference, share], T)], dtype);
  });
}

/** Shortens all gradients together to a length. */
function clip(graph: Graph, gradients: readonly Ref[], limit: number | null): { gradients: readonly Ref[]; norm: Ref } {
  if (limit === null) return { gradients, norm: graph.constant(0) };
  const halves = gradients.map((gradient) => graph.op("L2Loss", [gradient], T));
  const half = graph.op("AddN", halves, { ...T, N: { i: halves.length } });
  const norm = graph.op("Sqrt", [graph.op("Mul", [half, graph.constant(2)], T)], T);
  const bound = graph.constant(limit);
  const factor = graph.op("RealDiv", [bound, graph.op("Maximum", [norm, bound], T)], T);
  return { gradients: gradients.map((gradient) => graph.op("Mul", [gradient, factor], T)), norm };
}
