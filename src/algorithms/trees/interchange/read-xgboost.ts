import { type JsonObject, type JsonValue, log, parseJson } from "../../../core/index.ts";
import { isObject } from "../../../core/json.ts";
import { atMostOf } from "./float32.ts";
import { type ImportedModel, importForest, MAX_CLASSES, MAX_FEATURES } from "./foreign-forest.ts";
import { type ForeignFeature, type ForeignNode, refused, unsupported } from "./foreign-types.ts";
import { readUbjson } from "./read-ubjson.ts";
import { readXgboostBinary } from "./read-xgboost-binary.ts";
import { readObjective, XGBOOST_OBJECTIVES, type XgboostObjective } from "./xgboost-objectives.ts";

const WHAT = "the XGBoost model";

/**
 * Reads a model of XGBoost from its JSON (`Booster.save_model("model.json")`, release 1.3 or later): gbtree or dart, one output or
 * several classes. All trees are taken, whatever `best_iteration` says.
 *
 * Thresholds become the float64 ones that decide every number as XGBoost does, which rounds it to float32 first.
 *
 * @throws KaaykoError (input) for a model that says what ours cannot: gblinear, vector leaves, other objectives; (damaged) for a file
 *   that is not whole
 */
export function fromXgboostJson(text: string): ImportedModel {
  return fromDocument(parseJson(text, WHAT));
}

/** Reads a model of XGBoost from its binary JSON (`model.ubj`), as `fromXgboostJson` does. */
export function fromXgboostUbjson(bytes: Uint8Array): ImportedModel {
  return fromDocument(readUbjson(bytes));
}

/** Reads a model of XGBoost from its old binary format (releases up to 3.0), as `fromXgboostJson` does. */
export function fromXgboostBinary(bytes: Uint8Array): ImportedModel {
  return fromDocument(readXgboostBinary(bytes));
}

function fromDocument(document: JsonValue): ImportedModel {
  const learner = objectAt(objectOf(document, "the file"), "learner");
  const booster = objectAt(learner, "gradient_booster");
  if (booster.name !== "gbtree" && booster.name !== "dart")
    throw unsupported(WHAT, "its booster must be gbtree or dart", String(booster.name));
  const model = objectAt(booster.name === "dart" ? objectAt(booster, "gbtree") : booster, "model");
  const parameters = objectAt(learner, "learner_model_param");
  const features = featuresOf(learner, parameters, model);
  const classCount = countOf(parameters.num_class ?? "0", "num_class");
  if (countOf(parameters.num_target ?? "1", "num_target") > 1)
    throw unsupported(WHAT, "it must have one target", String(parameters.num_target));
  const stored = objectAt(learner, "objective");
  const objective = readObjective(stored);
  if (objective === undefined)
    throw unsupported(WHAT, `its objective must be one of ${XGBOOST_OBJECTIVES.join(", ")}`, String(stored.name));
  const { base: space, notice, ...meaning } = objective;
  const isMany = meaning.kind === "multiclass";
  const classes = isMany ? classCount : 1;
  if (isMany !== classCount > 1 || classCount > MAX_CLASSES)
    throw refused(WHAT, "its classes must fit its objective", `${classCount} for ${stored.name}`);
  return importForest({
    ...meaning,
    algorithm: "xgboost",
    classes,
    base: baseOf(parameters.base_score, classes, space),
    features,
    trees: treesOf(model, classes, booster.name === "dart" ? booster.weight_drop : undefined),
    notices: notice === undefined ? [] : [notice],
    what: WHAT,
  });
}

/** Base scores in the space of scores. A number, or since XGBoost 3.1 a list of them in brackets. */
function baseOf(stored: JsonValue | undefined, classes: number, space: XgboostObjective["base"]): number[] {
  const text = String(stored ?? "").trim();
  const parts = (text.startsWith("[") ? text.slice(1, -1) : text).split(",", classes + 1);
  const scores = parts.map((part) => Math.fround(part.trim() === "" ? Number.NaN : Number(part)));
  const all = scores.length === 1 ? new Array<number>(classes).fill(scores[0]!) : scores;
  if (all.length !== classes) throw refused(WHAT, "it must have a base score for each class", text.slice(0, 100));
  if (space === "mean") return all.map((mean) => log(mean));
  return space === "probability" ? all.map((share) => log(share / (1 - share))) : all;
}

function featuresOf(learner: JsonObject, parameters: JsonObject, model: JsonObject): ForeignFeature[] {
  const count = countOf(parameters.num_feature, "num_feature");
  if (count > MAX_FEATURES) throw refused(WHAT, `it may have at most ${MAX_FEATURES} features`, String(count));
  const names = textsOf(learner.feature_names, count, "feature_names");
  const types = textsOf(learner.feature_types, count, "feature_types");
  const dictionaries = dictionariesOf(model.cats, count);
  return Array.from({ length: count }, (_, index) => ({
    name: names?.[index] ?? `f${index}`,
    categorical: types?.[index] === "c",
    categories: dictionaries[index] ?? null,
  }));
}

/** Categories by feature, where the model was trained on a data frame (XGBoost 3.1 and later keep them). */
function dictionariesOf(stored: JsonValue | undefined, features: number): (readonly string[] | null)[] {
  if (!isObject(stored) || !Array.isArray(stored.enc) || stored.enc.length === 0) return [];
  if (stored.enc.length !== features) throw refused(WHAT, "it must have categories for each feature", "other");
  return stored.enc.map((entry) => {
    const { offsets, values } = objectOf(entry, "cats");
    if (!Array.isArray(values) || values.length === 0) return null;
    if (offsets === undefined) return numbersOf(values, values.length, "cats").map(String);
    const bytes = Uint8Array.from(numbersOf(values, values.length, "cats"));
    const ends = numbersOf(offsets, null, "cats");
    const decoder = new TextDecoder();
    return ends.slice(1).map((end, i) => {
      if (!(end >= ends[i]! && end <= bytes.length)) throw refused(WHAT, "categories must lie in their text", "other");
      return decoder.decode(bytes.subarray(ends[i]!, end));
    });
  });
}

/**
 * Trees so that tree t is of class t % classes; a class that has fewer than another gets trees of nothing.
 *
 * @param weights what dart multiplies each tree's leaves with (Rashmi and Gilad-Bachrach 2015); undefined for trees as they are
 */
function treesOf(model: JsonObject, classes: number, weights?: JsonValue): ForeignNode[][] {
  const { trees, tree_info: info } = model;
  if (!Array.isArray(trees)) throw refused(WHAT, "it must have trees", "none");
  const ofTree = numbersOf(info, trees.length, "tree_info");
  const factors = weights === undefined ? null : numbersOf(weights, trees.length, "weight_drop");
  const ofClass: ForeignNode[][][] = Array.from({ length: classes }, () => []);
  trees.forEach((tree, i) => {
    const group = ofClass[ofTree[i]!];
    if (group === undefined) throw refused(WHAT, "a tree must be of a class", String(ofTree[i]));
    const nodes = nodesOf(objectOf(tree, "a tree"), i);
    group.push(factors === null ? nodes : nodes.map((node) => ({ ...node, value: node.value * factors[i]! })));
  });
  const rounds = ofClass.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from(
    { length: rounds * classes },
    (_, i) => ofClass[i % classes]![Math.floor(i / classes)] ?? [NOTHING],
  );
}

const LEAF = { threshold: 0, missingLeft: false, codes: null, setLeft: false, left: -1, right: -1, gain: 0 } as const;
const NOTHING: ForeignNode = { ...LEAF, feature: -1, value: 0, rows: 0 };

function nodesOf(tree: JsonObject, index: number): ForeignNode[] {
  const parameters = objectAt(tree, "tree_param");
  if (countOf(parameters.size_leaf_vector ?? "1", "size_leaf_vector") > 1)
    throw unsupported(WHAT, "leaves must be numbers", "leaves of several outputs");
  const lefts = numbersOf(tree.left_children, null, "left_children");
  const count = lefts.length;
  const column = (name: string): number[] => numbersOf(tree[name], count, name);
  const optional = (name: string): number[] | null => (tree[name] === undefined ? null : column(name));
  const rights = column("right_children");
  const indices = column("split_indices");
  const conditions = column("split_conditions");
  const defaults = column("default_left");
  const types = optional("split_type");
  const gains = optional("loss_changes");
  const covers = optional("sum_hessian");
  const sets = setsOf(tree, index);
  return lefts.map((left, node) => {
    const rows = covers?.[node] ?? 0;
    const condition = Math.fround(conditions[node]!);
    if (left === -1) return { ...LEAF, feature: -1, value: condition, rows };
    const codes = types?.[node] === 1 ? sets.get(node) : null;
    if (codes === undefined) throw refused(WHAT, "a split by categories must have a set", `none in tree ${index}`);
    return {
      feature: indices[node]!,
      threshold: codes === null ? atMostOf(condition) : 0,
      missingLeft: defaults[node] !== 0,
      codes,
      setLeft: false,
      left,
      right: rights[node]!,
      value: 0,
      gain: gains?.[node] ?? 0,
      rows,
    };
  });
}

/** The categories that go right, by node. */
function setsOf(tree: JsonObject, index: number): Map<number, readonly number[]> {
  const found = new Map<number, readonly number[]>();
  if (tree.categories_nodes === undefined) return found;
  const nodes = numbersOf(tree.categories_nodes, null, "categories_nodes");
  const segments = numbersOf(tree.categories_segments, nodes.length, "categories_segments");
  const sizes = numbersOf(tree.categories_sizes, nodes.length, "categories_sizes");
  const codes = numbersOf(tree.categories, null, "categories");
  if (sizes.reduce((sum, size) => sum + size, 0) > codes.length)
    throw refused(WHAT, "sets of categories must not share their list", `tree ${index}`);
  nodes.forEach((node, i) => {
    const first = segments[i]!;
    const end = first + sizes[i]!;
    if (!(Number.isSafeInteger(first) && first >= 0 && end >= first && end <= codes.length) || found.has(node))
      throw refused(WHAT, "sets of categories must lie in their list", `tree ${index}`);
    found.set(node, codes.slice(first, end));
  });
  return found;
}

function objectOf(value: JsonValue | undefined, name: string): JsonObject {
  if (isObject(value)) return value;
  throw refused(WHAT, `${name} must be an object`, value === undefined ? "nothing" : typeof value);
}

function objectAt(parent: JsonObject, name: string): JsonObject {
  return objectOf(Object.hasOwn(parent, name) ? parent[name] : undefined, name);
}

function countOf(value: JsonValue | undefined, name: string): number {
  const count = Number(value);
  if (typeof value === "string" && value.trim() !== "" && Number.isSafeInteger(count) && count >= 0) return count;
  throw refused(WHAT, `${name} must be a whole number`, String(value).slice(0, 50));
}

/** A list of numbers, true and false among them. */
function numbersOf(value: JsonValue | undefined, length: number | null, name: string): number[] {
  const fits = Array.isArray(value) && (length === null || value.length === length);
  if (fits && value.every((item) => typeof item === "number" || typeof item === "boolean")) return value.map(Number);
  throw refused(WHAT, `${name} must be a list of ${length ?? "some"} numbers`, typeof value);
}

/** A list of texts of the right length; undefined where there is none, or an empty one. */
function textsOf(value: JsonValue | undefined, length: number, name: string): string[] | undefined {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return undefined;
  if (Array.isArray(value) && value.length === length && value.every((item) => typeof item === "string"))
    return value as string[];
  throw refused(WHAT, `${name} must be a list of ${length} texts`, typeof value);
}
