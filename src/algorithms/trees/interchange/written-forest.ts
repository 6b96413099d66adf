import type { TreeArrays } from "../ensemble.ts";
import type { Link, LossName } from "../losses/loss.ts";
import type { TreeModel } from "../model.ts";

/** What becomes of scores. */
export type ScoreLink = Link | "softmax";

/** A checked model, ready to be written. */
export interface ModelForest {
  readonly model: TreeModel;
  readonly trees: TreeArrays;
  readonly loss: LossName;
  /** The loss's parameter; null where it has none. */
  readonly parameter: number | null;
  readonly link: ScoreLink;
  /** Trees a round. */
  readonly classes: number;
  readonly base: Float64Array;
}
