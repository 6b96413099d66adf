import { exp, type JsonObject } from "../../../core/index.ts";
import { refused, unsupported } from "./foreign-types.ts";
import { readObjective } from "./xgboost-objectives.ts";

const WHAT = "the XGBoost model";
/** What files of some releases begin with. */
const PREFIX = "binf";
const HEADER_BYTES = 136;
const FOREST_BYTES = 160;
const TREE_BYTES = 148;
const NODE_BYTES = 20;
const STATISTICS_BYTES = 16;
const MAX_NAME = 64;
const decoder = new TextDecoder("latin1");

/** True where a file is in XGBoost's old binary format, which names its objective behind a head of fixed length. */
export function isXgboostBinary(bytes: Uint8Array): boolean {
  const reader = new Reader(bytes);
  if (reader.rest < HEADER_BYTES + 8) return false;
  reader.skip(HEADER_BYTES);
  return /^[a-z]+:[a-z]+$/.test(reader.name() ?? "");
}

/**
 * Reads XGBoost's old binary format (`save_model("old.model")` up to release 3.0; little-endian structures as they lay in memory)
 * into the document that its JSON would be.
 *
 * Before release 1.0 the base score was stored as a score; it becomes the prediction that JSON has.
 *
 * @throws KaaykoError (damaged) where the file is cut off
 */
export function readXgboostBinary(bytes: Uint8Array): JsonObject {
  const reader = new Reader(bytes);
  const baseScore = reader.float();
  const features = reader.count();
  const classes = reader.count();
  reader.skip(8);
  const majorVersion = reader.count();
  reader.skip(HEADER_BYTES - 24);
  const objective = { name: reader.name() ?? "" };
  const booster = reader.name() ?? "";
  if (booster !== "gbtree" && booster !== "dart")
    throw unsupported(WHAT, "its booster must be gbtree or dart", JSON.stringify(booster));
  const treeCount = reader.count();
  reader.skip(FOREST_BYTES - 4);
  reader.expect(treeCount, TREE_BYTES + NODE_BYTES + STATISTICS_BYTES + 4);
  const trees = Array.from({ length: treeCount }, () => treeOf(reader));
  const gbtree = { model: { trees, tree_info: trees.map(() => reader.count()) } };
  const gradientBooster =
    booster === "gbtree" ? { name: booster, ...gbtree } : { name: booster, gbtree, weight_drop: weightsOf(reader) };
  return {
    learner: {
      learner_model_param: {
        base_score: String(majorVersion < 1 ? predictionOf(baseScore, objective) : baseScore),
        num_feature: String(features),
        num_class: String(classes),
      },
      objective,
      gradient_booster: gradientBooster,
    },
  };
}

/** The prediction that a base score of before release 1.0 stands for. */
function predictionOf(score: number, objective: JsonObject): number {
  const space = readObjective(objective)?.base;
  if (space === "mean") return exp(score);
  return space === "probability" ? 1 / (1 + exp(-score)) : score;
}

function treeOf(reader: Reader): JsonObject {
  reader.skip(4);
  const nodes = reader.count();
  reader.skip(12);
  const leafVector = reader.count();
  reader.skip(TREE_BYTES - 24);
  reader.expect(nodes, NODE_BYTES + STATISTICS_BYTES);
  const tree: Record<string, number[]> = {};
  for (const name of ["left_children", "right_children", "split_indices", "split_conditions"]) tree[name] = [];
  for (const name of ["default_left", "loss_changes", "sum_hessian"]) tree[name] = [];
  for (let node = 0; node < nodes; node++) {
    reader.skip(4);
    tree.left_children!.push(reader.integer());
    tree.right_children!.push(reader.integer());
    // The highest bit says where missing values go.
    const index = reader.integer();
    tree.split_indices!.push(index & 0x7fffffff);
    tree.default_left!.push(index >>> 31);
    tree.split_conditions!.push(reader.float());
  }
  for (let node = 0; node < nodes; node++) {
    tree.loss_changes!.push(reader.float());
    tree.sum_hessian!.push(reader.float());
    reader.skip(8);
  }
  if (leafVector > 0) throw unsupported(WHAT, "leaves must be numbers", "leaves of several outputs");
  return { ...tree, tree_param: {} };
}

function weightsOf(reader: Reader): number[] {
  const count = reader.length();
  reader.expect(count, 4);
  return Array.from({ length: count }, () => reader.float());
}

/** Numbers one behind the other; each call moves on. */
class Reader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    const starts = decoder.decode(bytes.subarray(0, PREFIX.length)) === PREFIX;
    this.#bytes = starts ? bytes.subarray(PREFIX.length) : bytes;
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
  }

  get rest(): number {
    return this.#bytes.length - this.#at;
  }

  /** Makes sure that so many items can be there at all before room is made for them. */
  expect(items: number, bytes: number): void {
    if (items * bytes > this.rest) throw refused(WHAT, "it must be whole", "a file that was cut off");
  }

  skip(bytes: number): void {
    this.#take(bytes);
  }

  integer(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  count(): number {
    const count = this.integer();
    if (count < 0) throw refused(WHAT, "counts must not be negative", String(count));
    return count;
  }

  float(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }

  /** A length of 64 bits. */
  length(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }

  /** A short text; undefined where there is none. */
  name(): string | undefined {
    const length = this.length();
    if (length === 0 || length > Math.min(MAX_NAME, this.rest)) return undefined;
    const at = this.#take(length);
    return decoder.decode(this.#bytes.subarray(at, at + length));
  }

  #take(bytes: number): number {
    this.expect(1, bytes);
    const at = this.#at;
    this.#at += bytes;
    return at;
  }
}
