import { KaaykoError } from "../../../core/index.ts";
import { type ExportedModel, featureOf, type ModelForest, modelForest, nodesOf, splitOf } from "./model-forest.ts";
import { type AttributeValue, ELEMENT, modelFile, node, valueInfo } from "./onnx-messages.ts";
import { behindTrees } from "./onnx-predictions.ts";

const ML = "ai.onnx.ml";
/** Nodes at most: a file of protocol buffers may have 2 GiB. */
const MAX_NODES = 10_000_000;
/** No category has it. */
const NEVER = -0.5;

/**
 * Writes a model for ONNX runtimes: a TreeEnsembleRegressor over float64 features, and behind it what makes predictions of scores.
 * Thresholds and leaves are float64; the operator gives float32.
 *
 * Input `features` (rows × features, float64; NaN is missing; categories are codes from 0). Outputs: `prediction` (rows × 1), or
 * `label` (texts of the classes) and `probabilities` (rows × classes). A split by categories is a chain of BRANCH_EQ nodes that lead
 * to the same child.
 *
 * @throws KaaykoError (input) for a model that is not made of trees, or too large for a file
 */
export function toOnnx(source: ExportedModel, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const forest = modelForest(source);
  const { features, task } = source;
  const behind = behindTrees(forest, task.classes ?? null, source.threshold ?? 0.5);
  const trees = node({
    op: "TreeEnsembleRegressor",
    domain: ML,
    inputs: ["features"],
    outputs: [behind.input],
    attributes: ensembleOf(forest, behind.addsBase),
  });
  return modelFile(
    {
      name: "kaayko",
      nodes: [trees, ...behind.nodes.map(node)],
      initializers: behind.initializers,
      inputs: [valueInfo("features", ELEMENT.double, [features.length])],
      outputs: behind.outputs,
    },
    metadata,
  );
}

/** The trees as columns of nodes and of leaves' targets. */
function ensembleOf(forest: ModelForest, withoutBase: boolean): Record<string, AttributeValue> {
  const columns = new NodeColumns();
  const { trees, classes } = forest;
  for (let tree = 0; tree < trees.ends.length; tree++) addTree(forest, tree, columns);
  if (trees.ends.length === 0) columns.leaf(0, 0, 0, 0);
  return {
    n_targets: classes,
    aggregate_function: "SUM",
    post_transform: "NONE",
    base_values_as_tensor: withoutBase ? forest.base.map(() => 0) : forest.base,
    nodes_treeids: columns.trees,
    nodes_nodeids: columns.ids,
    nodes_featureids: columns.features,
    nodes_modes: columns.modes,
    nodes_values_as_tensor: Float64Array.from(columns.values),
    nodes_truenodeids: columns.whereTrue,
    nodes_falsenodeids: columns.whereFalse,
    nodes_missing_value_tracks_true: columns.missingTrue,
    target_treeids: columns.leafTrees,
    target_nodeids: columns.leafIds,
    target_ids: columns.targets,
    target_weights_as_tensor: Float64Array.from(columns.weights),
  };
}

class NodeColumns {
  readonly trees: number[] = [];
  readonly ids: number[] = [];
  readonly features: number[] = [];
  readonly modes: string[] = [];
  readonly values: number[] = [];
  readonly whereTrue: number[] = [];
  readonly whereFalse: number[] = [];
  readonly missingTrue: number[] = [];
  readonly leafTrees: number[] = [];
  readonly leafIds: number[] = [];
  readonly targets: number[] = [];
  readonly weights: number[] = [];

  leaf(tree: number, id: number, target: number, weight: number): void {
    this.split(tree, id, "LEAF", 0, 0, 0, 0, 0);
    this.leafTrees.push(tree);
    this.leafIds.push(id);
    this.targets.push(target);
    this.weights.push(weight);
  }

  split(
    tree: number,
    id: number,
    mode: string,
    feature: number,
    value: number,
    whereTrue: number,
    whereFalse: number,
    missingTrue: number,
  ): void {
    if (this.ids.length === MAX_NODES)
      throw new KaaykoError({
        action: "write ONNX",
        rule: `a model may have at most ${MAX_NODES.toLocaleString("en-US")} nodes, one for each category of a set`,
        got: "more",
        kind: "input",
      });
    this.trees.push(tree);
    this.ids.push(id);
    this.modes.push(mode);
    this.features.push(feature);
    this.values.push(value);
    this.whereTrue.push(whereTrue);
    this.whereFalse.push(whereFalse);
    this.missingTrue.push(missingTrue);
  }
}

function addTree({ model, trees, classes }: ModelForest, tree: number, to: NodeColumns): void {
  const [start, end] = nodesOf(trees, tree);
  // Nodes behind the first of a chain are numbered behind all others.
  let next = end - start;
  for (let at = start; at < end; at++) {
    const id = at - start;
    if (trees.feature[at]! < 0) {
      to.leaf(tree, id, tree % classes, trees.value[at]!);
      continue;
    }
    const feature = featureOf(model, at);
    const split = splitOf(model, at);
    const left = trees.left[at]!;
    const right = trees.right[at]!;
    if (split.kind === "threshold") {
      to.split(tree, id, "BRANCH_LEQ", feature, split.threshold, left, right, split.missingLeft ? 1 : 0);
      continue;
    }
    const [inside, outside] = split.leftIsSet ? [left, right] : [right, left];
    const codes = split.codes.length === 0 ? [NEVER] : split.codes;
    let own = id;
    codes.forEach((code, i) => {
      const following = i + 1 === codes.length ? outside : next++;
      to.split(tree, own, "BRANCH_EQ", feature, code, inside, following, 0);
      own = following;
    });
  }
}
