import { KaaykoError } from "../../../core/index.ts";
import type { Link, LossName } from "../losses/loss.ts";

/** A node of another program's tree. */
export interface ForeignNode {
  /** -1 for a leaf. */
  readonly feature: number;
  /** A value goes left at or under it. */
  readonly threshold: number;
  readonly missingLeft: boolean;
  /** Codes from 0 that go the way `setLeft` says, all others the other way; null for a split by threshold. */
  readonly codes: readonly number[] | null;
  readonly setLeft: boolean;
  readonly left: number;
  readonly right: number;
  readonly value: number;
  readonly gain: number;
  readonly rows: number;
}

/** What becomes of the scores of another program's trees. */
export interface ForeignObjective {
  readonly kind: "regression" | "binary" | "multiclass";
  readonly loss: LossName;
  /** The loss's parameter. Default: it has none. */
  readonly parameter?: number;
  /** For a custom loss, or classes whose scores are probabilities. Default: as the loss says. */
  readonly link?: Link;
}

export interface ForeignForest extends ForeignObjective {
  readonly algorithm: string;
  /** Trees a round: 1, or one a class. */
  readonly classes: number;
  /** One, or one a class. */
  readonly base: readonly number[];
  readonly features: readonly ForeignFeature[];
  /** Tree t adds to class t % classes; a tree's root is its node 0. */
  readonly trees: readonly (readonly ForeignNode[])[];
  readonly notices: readonly string[];
  /** What is being read, for errors. */
  readonly what: string;
}

export interface ForeignFeature {
  readonly name: string;
  /** True where the file says so, beside what its splits say. */
  readonly categorical: boolean;
  /** Texts of the categories in the order of their codes; null where the file has only codes. */
  readonly categories: readonly string[] | null;
}

/** An error about a file that is not what it should be. */
export function refused(what: string, rule: string, got?: string): KaaykoError {
  return new KaaykoError({ action: `import ${what}`, rule, ...(got === undefined ? {} : { got }), kind: "damaged" });
}

/** An error about a model that is whole but says what ours cannot. */
export function unsupported(what: string, rule: string, got: string): KaaykoError {
  return new KaaykoError({ action: `import ${what}`, rule, got: got.slice(0, 100), kind: "input" });
}
