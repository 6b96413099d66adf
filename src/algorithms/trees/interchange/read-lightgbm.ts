import { type JsonValue, parseJson } from "../../../core/index.ts";
import { type ImportedModel, importForest, MAX_FEATURES } from "./foreign-forest.ts";
import { type ForeignFeature, type ForeignNode, refused, unsupported } from "./foreign-types.ts";
import { type LightgbmObjective, readObjective } from "./lightgbm-objectives.ts";
import { withoutZeroWays, ZERO } from "./zero-splits.ts";

const WHAT = "the LightGBM model";
const BY_CATEGORY = 1;
const DEFAULT_LEFT = 2;
const MISSING_NONE = 0;
const MISSING_ZERO = 1;

/** Bits of all sets of categories at most. */
const MAX_SET_BITS = 100_000_000;

/** Releases before 2.2.1 go on with the importances at once. */
const END_OF_TREES = /\n(?:end of trees|feature importances:)/;

type Lines = ReadonlyMap<string, string>;

/**
 * Reads a model of LightGBM from its text (`Booster.save_model`, versions v2 to v4): gbdt, goss or rf, one output or several classes.
 *
 * @throws KaaykoError (input) for a model that says what ours cannot: linear trees, other objectives; (damaged) for a file that is
 *   not whole
 */
export function fromLightgbmText(text: string): ImportedModel {
  const normal = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  const sections = sectionsOf(normal);
  const head = sections.head;
  if (!/^v[234]$/.test(head.get("version") ?? ""))
    throw unsupported(WHAT, "its version must be v2, v3 or v4", head.get("version") ?? "none");
  const isAverage = head.has("average_output") || / average_output\b/.test(head.get("tree") ?? "");
  const objective = readObjective(head.get("objective"), WHAT);
  const hasShares = isAverage && head.get("version") === "v2" && leavesAreShares(sections.trees);
  const { scale, notice, ...meaning } = hasShares ? ofShares(objective) : objective;
  const { kind } = meaning;
  const classes = count(head, "num_tree_per_iteration");
  if (kind === "multiclass" ? classes < 2 : classes !== 1)
    throw refused(WHAT, "its trees must fit its objective", `${classes} a round`);
  const rounds = Math.max(1, Math.floor(sections.trees.length / classes));
  const share = isAverage ? 1 / rounds : 1;
  const features = featuresOf(head, normal);
  const setText = sections.trees.reduce((sum, lines) => sum + (lines.get("cat_threshold")?.length ?? 0), 0);
  // A word of 32 bits takes at least a digit and a space.
  if (setText * 16 > MAX_SET_BITS)
    throw refused(WHAT, `sets of categories may have ${MAX_SET_BITS} bits`, `${setText * 16}`);
  return importForest({
    ...meaning,
    algorithm: "hist-gradient",
    classes,
    base: new Array<number>(Math.min(classes, 100_000)).fill(0),
    features,
    trees: sections.trees.map((lines, tree) => nodesOf(lines, tree, scale * share)),
    notices: notice === undefined ? [] : [notice],
    what: WHAT,
  });
}

/** True where each leaf is a probability, as in forests for classes of releases before 2.2.3, whose files have no other mark. */
function leavesAreShares(trees: readonly Lines[]): boolean {
  return trees.every((lines, tree) =>
    numbers(lines, "leaf_value", null, tree).every((value) => value >= 0 && value <= 1),
  );
}

/** The objective for scores that are probabilities already. */
function ofShares(objective: LightgbmObjective): LightgbmObjective {
  return objective.kind === "regression" ? objective : { ...objective, link: "identity", scale: 1 };
}

/** The lines before the first tree, and those of each tree, as keys and values. */
function sectionsOf(text: string): { head: Lines; trees: Lines[] } {
  if (!text.startsWith("tree\n")) throw refused(WHAT, 'it must begin with "tree"', JSON.stringify(text.slice(0, 20)));
  const end = text.search(END_OF_TREES);
  if (end < 0) throw refused(WHAT, 'it must have a line "end of trees"', "none: it was cut off");
  const [first, ...trees] = text.slice(0, end).split("\nTree=");
  const head = keysOf(first!);
  const sizes = (head.get("tree_sizes") ?? "").split(" ").filter(Boolean).length;
  if (sizes > 0 && sizes !== trees.length)
    throw refused(WHAT, `it must have the ${sizes} trees that its head tells of`, String(trees.length));
  return { head, trees: trees.map(keysOf) };
}

function keysOf(section: string): Map<string, string> {
  const keys = new Map<string, string>();
  for (const line of section.split("\n")) {
    const at = line.indexOf("=");
    if (at > 0) keys.set(line.slice(0, at), line.slice(at + 1));
    else if (line !== "") keys.set(line, "");
  }
  return keys;
}

function featuresOf(head: Lines, text: string): ForeignFeature[] {
  const last = Number(head.get("max_feature_idx"));
  if (!(Number.isSafeInteger(last) && last >= 0 && last < MAX_FEATURES))
    throw refused(WHAT, `it must have from 1 to ${MAX_FEATURES} features`, String(head.get("max_feature_idx")));
  const names = (head.get("feature_names") ?? "").split(" ");
  const infos = (head.get("feature_infos") ?? "").split(" ");
  if (names.length !== last + 1 || infos.length !== last + 1)
    throw refused(WHAT, "it must name and describe each feature", `${names.length} names for ${last + 1}`);
  const categorical = infos.map((info) => info !== "none" && !info.startsWith("["));
  const dictionaries = dictionariesOf(text);
  // A column of a data frame that never split may be described as "none": dictionaries can only be told apart where all are seen.
  const known = dictionaries.length === categorical.filter(Boolean).length;
  let next = 0;
  return names.map((name, index) => {
    const categories = categorical[index] && known ? dictionaries[next++]! : null;
    return { name, categorical: categorical[index]!, categories };
  });
}

function dictionariesOf(text: string): string[][] {
  const at = text.lastIndexOf("\npandas_categorical:");
  if (at < 0) return [];
  const line = text.slice(at + "\npandas_categorical:".length).split("\n", 1)[0]!;
  const value: JsonValue = line.trim() === "" ? null : parseJson(line, WHAT);
  if (value === null) return [];
  if (Array.isArray(value) && value.every(Array.isArray)) return value.map((list) => list.map(String));
  throw refused(WHAT, "pandas_categorical must be lists", typeof value);
}

const LEAF = { threshold: 0, missingLeft: false, codes: null, setLeft: true, left: -1, right: -1, gain: 0 } as const;

function nodesOf(lines: Lines, tree: number, scale: number): ForeignNode[] {
  if (lines.get("is_linear") === "1") throw unsupported(WHAT, "leaves must be numbers", "linear trees");
  const leaves = count(lines, "num_leaves");
  const inner = leaves - 1;
  if (inner < 0) throw refused(WHAT, "a tree must have leaves", `none in tree ${tree}`);
  const column = (name: string, length: number): number[] => numbers(lines, name, length, tree);
  const optional = (name: string, length: number): number[] | null =>
    (lines.get(name) ?? "") === "" ? null : column(name, length);
  const values = column("leaf_value", leaves);
  const rows = optional("leaf_count", leaves);
  const leafNodes = values.map(
    (value, leaf): ForeignNode => ({ ...LEAF, feature: -1, value: value * scale, rows: rows?.[leaf] ?? 0 }),
  );
  if (inner === 0) return leafNodes;
  const left = column("left_child", inner);
  const right = column("right_child", inner);
  const features = column("split_feature", inner);
  const thresholds = column("threshold", inner);
  const decisions = column("decision_type", inner);
  const gains = optional("split_gain", inner);
  const counts = optional("internal_count", inner);
  const sets = setsOf(lines, tree);
  const childOf = (child: number): number => (child < 0 ? inner - 1 - child : child);
  const innerNodes = features.map((feature, node): ForeignNode => {
    const common = { feature, left: childOf(left[node]!), right: childOf(right[node]!), value: 0, setLeft: true };
    const measures = { gain: gains?.[node] ?? 0, rows: counts?.[node] ?? 0 };
    const decision = decisions[node]!;
    if ((decision & BY_CATEGORY) === 0) {
      const threshold = finite(thresholds[node]!);
      return { ...common, ...measures, threshold, missingLeft: missingLeftOf(decision, threshold), codes: null };
    }
    const codes = sets[thresholds[node]!];
    if (codes === undefined) throw refused(WHAT, "a split by categories must have its own set", `none in tree ${tree}`);
    sets[thresholds[node]!] = undefined;
    return { ...common, ...measures, threshold: 0, missingLeft: false, codes };
  });
  const nodes = [...innerNodes, ...leafNodes];
  const zeroWays = new Map<number, boolean>();
  decisions.forEach((decision, node) => {
    const way = zeroWayOf(decision, finite(thresholds[node]!));
    if (way !== null) zeroWays.set(node, way);
  });
  return zeroWays.size === 0 ? nodes : withoutZeroWays(nodes, zeroWays, WHAT);
}

/** Infinity is a threshold that all values are under. */
function finite(threshold: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, threshold));
}

/** Where missing values go: the way that is written, or where nothing counts as missing, the way of zero. */
function missingLeftOf(decision: number, threshold: number): boolean {
  return ((decision >> 2) & 3) === MISSING_NONE ? threshold >= 0 : (decision & DEFAULT_LEFT) !== 0;
}

/** Where zeros count as missing, the way that they go if it is not that of their value: true for left; null otherwise. */
function zeroWayOf(decision: number, threshold: number): boolean | null {
  if ((decision & BY_CATEGORY) !== 0 || ((decision >> 2) & 3) !== MISSING_ZERO) return null;
  if (Math.abs(threshold) < ZERO) throw unsupported(WHAT, "thresholds must be beyond zero", "zero_as_missing at zero");
  const writtenLeft = (decision & DEFAULT_LEFT) !== 0;
  return writtenLeft === threshold > 0 ? null : writtenLeft;
}

/** The codes of each set of a tree, which go left. */
function setsOf(lines: Lines, tree: number): (number[] | undefined)[] {
  const sets = count(lines, "num_cat");
  if (sets === 0) return [];
  const boundaries = numbers(lines, "cat_boundaries", null, tree);
  const words = numbers(lines, "cat_threshold", null, tree);
  if (boundaries.length !== sets + 1) throw refused(WHAT, "sets must have bounds", `tree ${tree}`);
  return Array.from({ length: sets }, (_, set) => {
    const first = boundaries[set]!;
    const end = boundaries[set + 1]!;
    if (!(Number.isSafeInteger(first) && first >= 0 && end >= first && end <= words.length))
      throw refused(WHAT, "sets of categories must lie in their list", `tree ${tree}`);
    const codes: number[] = [];
    for (let word = first; word < end; word++)
      for (let bit = 0; bit < 32; bit++) if ((words[word]! >>> bit) & 1) codes.push((word - first) * 32 + bit);
    return codes;
  });
}

function count(lines: Lines, name: string): number {
  const stored = lines.get(name) ?? "";
  const value = Number(stored);
  if (/^\d{1,9}$/.test(stored)) return value;
  throw refused(WHAT, `${name} must be a whole number`, JSON.stringify(stored.slice(0, 50)));
}

function numbers(lines: Lines, name: string, length: number | null, tree: number): number[] {
  const stored = lines.get(name) ?? "";
  const parts = stored === "" ? [] : stored.trim().split(" ");
  if (length !== null && parts.length !== length)
    throw refused(WHAT, `${name} must have ${length} numbers`, `${parts.length} in tree ${tree}`);
  return parts.map((part) => {
    const value = part === "inf" ? Number.POSITIVE_INFINITY : part === "-inf" ? Number.NEGATIVE_INFINITY : Number(part);
    if (part !== "" && !Number.isNaN(value)) return value;
    throw refused(WHAT, `${name} must be numbers`, `${JSON.stringify(part.slice(0, 30))} in tree ${tree}`);
  });
}
