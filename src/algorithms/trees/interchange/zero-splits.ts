import { float64Before } from "./float32.ts";
import { type ForeignNode, refused, unsupported } from "./foreign-types.ts";

/** What LightGBM takes for zero, where zeros are missing values: up to this far from it. */
export const ZERO = 1.0000000180025095e-35;
/** Nodes of a tree at most: where zeros go another way than their value, its children are written twice. */
const MAX_NODES = 1_000_000;
const MAX_DEPTH = 500;

/** Inner nodes where zero goes another way than its value, and whether that is left. */
export type ZeroWays = ReadonlyMap<number, boolean>;

/**
 * A tree without rules for zeros: a split where zero leaves its side becomes three by thresholds, below, around and over zero.
 *
 * @throws KaaykoError (input) where it would be too large
 */
export function withoutZeroWays(nodes: readonly ForeignNode[], zeroLeft: ZeroWays, what: string): ForeignNode[] {
  const copied: ForeignNode[] = [];
  const place = (node: ForeignNode): number => {
    if (copied.length === MAX_NODES)
      throw unsupported(what, `a tree may have at most ${MAX_NODES} nodes`, "more, made of zero_as_missing");
    return copied.push(node) - 1;
  };
  const inner = (like: ForeignNode, threshold: number, left: () => number, right: () => number): number => {
    const at = place(like);
    copied[at] = { ...like, threshold, left: left(), right: right() };
    return at;
  };
  const copy = (from: number, depth: number): number => {
    const node = nodes[from];
    if (node === undefined) throw refused(what, "a child must lie in its tree", String(from));
    if (depth > MAX_DEPTH) throw unsupported(what, `a tree may be ${MAX_DEPTH} levels deep`, "more, or a cycle");
    if (node.feature < 0) return place(node);
    const toLeft = (): number => copy(node.left, depth + 1);
    const toRight = (): number => copy(node.right, depth + 1);
    const more = { ...node, gain: 0 };
    const under = float64Before(-ZERO);
    const way = zeroLeft.get(from);
    if (way === undefined) return inner(node, node.threshold, toLeft, toRight);
    if (way)
      return inner(node, node.threshold, toLeft, () =>
        inner(more, under, toRight, () => inner(more, ZERO, toLeft, toRight)),
      );
    return inner(node, under, toLeft, () =>
      inner(more, ZERO, toRight, () => inner(more, node.threshold, toLeft, toRight)),
    );
  };
  copy(0, 0);
  return copied;
}
