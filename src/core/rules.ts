/**
 * What protects the predictions of a model, as plain data: part of the model, covered by its hash, applied by every predictor.
 * Only for regression. Columns are numeric or boolean features of the table, but for `inputs`, which may be any.
 */
export interface Rules {
  /** What every prediction is kept within. */
  readonly range: { readonly low: number; readonly high: number };
  /** Dangers that nothing outweighs: where one is there, no prediction is above its cap. */
  readonly caps: readonly Cap[];
  /** Caps predictions of which too little is known; null where that does not matter. */
  readonly unknown: UnknownCap | null;
  /** Columns of which more may never raise (-1) or never lower (1) the prediction, everything else being equal. */
  readonly monotone: Readonly<Record<string, -1 | 1>>;
  /** What raw inputs may be; a value outside is refused. */
  readonly inputs: readonly InputRule[];
  /** Where on Earth the model may be asked; null for anywhere. */
  readonly places: PlaceRule | null;
  /** Names of what predictions mean, lowest first; empty where they mean nothing but themselves. */
  readonly bands: readonly Band[];
}

/** A highest prediction, where all conditions hold. */
export interface Cap {
  readonly name: string;
  readonly all: readonly Condition[];
  readonly cap: number;
  /** For a person: a whole sentence. */
  readonly reason: string;
}

export interface Condition {
  readonly column: string;
  /** `above` and `below` are strict and never hold for a missing value; `missing` holds where nothing stands in either. */
  readonly is: "above" | "below" | "missing";
  /** Not used by `missing`. */
  readonly value: number;
  /** What stands in where the column is missing, the first that is there: its value times `times`. Default nothing. */
  readonly otherwise?: readonly { readonly column: string; readonly times: number }[];
}

export interface UnknownCap {
  readonly name: string;
  /** Features that may be missing; with more, the cap holds. */
  readonly missingAtMost: number;
  readonly cap: number;
  readonly reason: string;
}

/** What a raw input may be: a number from `low` to `high` (both allowed), or one of `values`. Missing is always allowed. */
export type InputRule =
  | { readonly column: string; readonly low: number; readonly high: number; readonly unit: string }
  | { readonly column: string; readonly values: readonly string[] };

/** A map of cells of `degrees` by `degrees`, from the north-western corner (90° N, 180° W): a place must lie in a marked one. */
export interface PlaceRule {
  readonly latitude: string;
  readonly longitude: string;
  readonly degrees: number;
  /** A text a row of cells: "#" is marked, "." is not. */
  readonly rows: readonly string[];
  /** What is marked, for a person: "land, or within 200 km of it". */
  readonly marks: string;
}

export interface Band {
  readonly name: string;
  /** The lowest prediction that it means; the first band reaches down to everything. */
  readonly from: number;
}

/** The number of the band of a value. NaN is in the lowest. */
export function bandOf(bands: readonly Band[], value: number): number {
  let band = 0;
  while (band + 1 < bands.length && value >= bands[band + 1]!.from) band++;
  return band;
}
