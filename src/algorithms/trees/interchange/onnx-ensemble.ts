import { refused, unsupported } from "./foreign-types.ts";
import { type OnnxAttributes, type OnnxNode, WHAT } from "./onnx-graph.ts";

/** A node of an ensemble; children are numbers inside the tree. */
export interface EnsembleNode {
  readonly mode: BranchMode | "LEAF";
  readonly feature: number;
  readonly value: number;
  /** Codes of a split by membership. */
  readonly members: readonly number[] | null;
  readonly whereTrue: number;
  readonly whereFalse: number;
  readonly missingTrue: boolean;
  /** Of a leaf: `[target, weight]`. */
  readonly weights: readonly (readonly [number, number])[];
}

export type BranchMode =
  | "BRANCH_LEQ"
  | "BRANCH_LT"
  | "BRANCH_GTE"
  | "BRANCH_GT"
  | "BRANCH_EQ"
  | "BRANCH_NEQ"
  | "BRANCH_MEMBER";

/** In the order of their numbers in `TreeEnsemble`. */
const MODES: readonly BranchMode[] = [
  "BRANCH_LEQ",
  "BRANCH_LT",
  "BRANCH_GTE",
  "BRANCH_GT",
  "BRANCH_EQ",
  "BRANCH_NEQ",
  "BRANCH_MEMBER",
];

/** Trees of an operator; a root is its tree's node 0. */
export interface Ensemble {
  readonly trees: readonly (readonly EnsembleNode[])[];
  /** What the leaves' weights are multiplied by. */
  readonly scale: number;
  readonly base: readonly number[];
  readonly transform: string;
}

const AGGREGATES = ["AVERAGE", "SUM", "MIN", "MAX"];
const TRANSFORMS = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"];

/**
 * The trees of a TreeEnsembleRegressor, TreeEnsembleClassifier (ai.onnx.ml 1 to 3) or TreeEnsemble (5).
 *
 * @throws KaaykoError (damaged) where lists do not fit; (input) for other sums than sum and average
 */
export function ensembleOf({ op, attributes }: OnnxNode): Ensemble {
  const isNew = op === "TreeEnsemble";
  const trees = isNew
    ? newTrees(attributes)
    : oldTrees(attributes, op === "TreeEnsembleClassifier" ? "class" : "target");
  const aggregate = isNew
    ? (AGGREGATES[attributes.integer("aggregate_function") ?? 1] ?? "another")
    : (attributes.text("aggregate_function") ?? "SUM");
  if (aggregate !== "SUM" && aggregate !== "AVERAGE")
    throw unsupported(WHAT, "its trees must be summed up or averaged", aggregate);
  const transform = isNew
    ? (TRANSFORMS[attributes.integer("post_transform") ?? 0] ?? "another")
    : (attributes.text("post_transform") ?? "NONE");
  const base = attributes.numbers("base_values", "base_values_as_tensor") ?? [];
  return { trees, scale: aggregate === "AVERAGE" ? 1 / Math.max(1, trees.length) : 1, base, transform };
}

function oldTrees(attributes: OnnxAttributes, part: "class" | "target"): EnsembleNode[][] {
  const treeIds = list(attributes, null, "nodes_treeids");
  const count = treeIds.length;
  const ids = list(attributes, count, "nodes_nodeids");
  const features = list(attributes, count, "nodes_featureids");
  const values = list(attributes, count, "nodes_values", "nodes_values_as_tensor");
  const whereTrue = list(attributes, count, "nodes_truenodeids");
  const whereFalse = list(attributes, count, "nodes_falsenodeids");
  const missing = attributes.numbers("nodes_missing_value_tracks_true") ?? [];
  const modes = attributes.texts("nodes_modes") ?? [];
  if (modes.length !== count) throw refused(WHAT, `nodes_modes must have ${count} texts`, String(modes.length));
  const weights = weightsOf(attributes, part);
  const placeOf = new Map<string, number>();
  const sizes = new Map<number, number>();
  treeIds.forEach((tree, i) => {
    const place = sizes.get(tree) ?? 0;
    if (placeOf.has(`${tree} ${ids[i]}`)) throw refused(WHAT, "nodes of a tree must differ", `node ${ids[i]}`);
    placeOf.set(`${tree} ${ids[i]}`, place);
    sizes.set(tree, place + 1);
  });
  const trees = new Map<number, EnsembleNode[]>([...sizes.keys()].map((tree) => [tree, []]));
  treeIds.forEach((tree, i) => {
    const mode = modes[i]!;
    if (mode !== "LEAF" && !MODES.slice(0, 6).includes(mode as BranchMode))
      throw unsupported(WHAT, `modes of nodes must be ${MODES.slice(0, 6).join(", ")} or LEAF`, mode);
    const child = (id: number): number => (mode === "LEAF" ? -1 : (placeOf.get(`${tree} ${id}`) ?? -1));
    trees.get(tree)!.push({
      mode: mode as EnsembleNode["mode"],
      feature: features[i]!,
      value: values[i]!,
      members: null,
      whereTrue: child(whereTrue[i]!),
      whereFalse: child(whereFalse[i]!),
      missingTrue: missing[i] === 1,
      weights: weights.get(`${tree} ${ids[i]}`) ?? [],
    });
  });
  return [...trees.values()];
}

/** The weights of each leaf, by tree and node. */
function weightsOf(attributes: OnnxAttributes, part: "class" | "target"): Map<string, [number, number][]> {
  const trees = list(attributes, null, `${part}_treeids`);
  const nodes = list(attributes, trees.length, `${part}_nodeids`);
  const targets = list(attributes, trees.length, `${part}_ids`);
  const weights = list(attributes, trees.length, `${part}_weights`, `${part}_weights_as_tensor`);
  const found = new Map<string, [number, number][]>();
  trees.forEach((tree, i) => {
    const key = `${tree} ${nodes[i]}`;
    const own = found.get(key);
    if (own === undefined) found.set(key, [[targets[i]!, weights[i]!]]);
    else own.push([targets[i]!, weights[i]!]);
  });
  return found;
}

/** TreeEnsemble keeps inner nodes and leaves apart; a tree is what its root reaches. */
function newTrees(attributes: OnnxAttributes): EnsembleNode[][] {
  const features = list(attributes, null, "nodes_featureids");
  const count = features.length;
  const values = list(attributes, count, "nodes_splits");
  const modes = list(attributes, count, "nodes_modes");
  const whereTrue = list(attributes, count, "nodes_truenodeids");
  const whereFalse = list(attributes, count, "nodes_falsenodeids");
  const trueLeaf = list(attributes, count, "nodes_trueleafs");
  const falseLeaf = list(attributes, count, "nodes_falseleafs");
  const missing = attributes.numbers("nodes_missing_value_tracks_true") ?? [];
  const targets = list(attributes, null, "leaf_targetids");
  const weights = list(attributes, targets.length, "leaf_weights");
  const members = membersOf(attributes, modes);
  const leaf = (id: number): EnsembleNode => {
    if (targets[id] === undefined) throw refused(WHAT, "a leaf must exist", String(id));
    const empty = { feature: -1, value: 0, members: null, whereTrue: -1, whereFalse: -1, missingTrue: false };
    return { ...empty, mode: "LEAF", weights: [[targets[id]!, weights[id]!]] };
  };
  return list(attributes, null, "tree_roots").map((root) => {
    // A node where both children are the same leaf stands for a tree of that leaf.
    const nodes: EnsembleNode[] = [];
    const places = new Map<number, number>();
    const order: number[] = [];
    const place = (id: number, isLeaf: boolean): number => {
      if (isLeaf) return nodes.push(leaf(id)) - 1;
      if (!(Number.isSafeInteger(id) && id >= 0 && id < count)) throw refused(WHAT, "a node must exist", String(id));
      const known = places.get(id);
      if (known !== undefined) return known;
      places.set(id, nodes.push(leaf(0)) - 1);
      order.push(id);
      return nodes.length - 1;
    };
    place(root, false);
    for (let i = 0; i < order.length; i++) {
      const id = order[i]!;
      const mode = MODES[modes[id]!];
      if (mode === undefined) throw unsupported(WHAT, "modes of nodes must be from 0 to 6", String(modes[id]));
      nodes[places.get(id)!] = {
        mode,
        feature: features[id]!,
        value: values[id]!,
        members: members.get(id) ?? null,
        whereTrue: place(whereTrue[id]!, trueLeaf[id] === 1),
        whereFalse: place(whereFalse[id]!, falseLeaf[id] === 1),
        missingTrue: missing[id] === 1,
        weights: [],
      };
    }
    return nodes;
  });
}

/** The sets of nodes that ask for membership, one after the other, with NaN behind each. */
function membersOf(attributes: OnnxAttributes, modes: readonly number[]): Map<number, number[]> {
  const values = attributes.numbers("membership_values") ?? [];
  const sets: number[][] = [[]];
  for (const value of values)
    if (Number.isNaN(value)) sets.push([]);
    else sets.at(-1)!.push(value);
  const asking = modes.flatMap((mode, node) => (MODES[mode] === "BRANCH_MEMBER" ? [node] : []));
  return new Map(asking.map((node, i) => [node, sets[i] ?? []]));
}

function list(attributes: OnnxAttributes, length: number | null, ...names: readonly string[]): number[] {
  const found = attributes.numbers(...names) ?? [];
  if (length === null || found.length === length) return found;
  throw refused(WHAT, `${names[0]} must have ${length} numbers`, String(found.length));
}
