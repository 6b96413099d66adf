/** What the document of a run says of bands, rules, locations and the best possible error. Every number is finite or null. */

/** Predictions and actual values as the bands that they fall in. */
export interface BandMetrics {
  readonly classes: readonly string[];
  /** `counts[actual][predicted]`, in weight. */
  readonly counts: readonly (readonly number[])[];
  readonly accuracy: number | null;
  /** In the order of `classes`; null where a class never occurs or is never predicted. */
  readonly perClass: readonly {
    readonly name: string;
    readonly precision: number | null;
    readonly recall: number | null;
    readonly f1: number | null;
  }[];
  /** The mistake that matters most: the lowest band taken for the highest. */
  readonly worstMistake: {
    readonly actual: string;
    readonly predicted: string;
    readonly count: number;
    /** Of all that are in the lowest band. */
    readonly rate: number | null;
  };
}

/** What a model that knows the truth behind a synthetic target, but not its noise, gets on the same rows. */
export interface BestPossible {
  /** What it is: "the expert's rule without its noise". */
  readonly title: string;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly bands?: BandMetrics;
  /** By how much of it the champion's error is larger: 0.02 is 2 %. */
  readonly championWithin: number | null;
}

/** A rule that a model breaks, and where. */
export interface BrokenRule {
  /** The cap's name, or the column of a monotone direction. */
  readonly rule: string;
  /** "row 512 of the test rows", "point 10,240 of the grid". */
  readonly where: string;
  /** What was found: "1.81 above the cap of 1.8". */
  readonly found: string;
}

/** The proof that a model keeps its rules. */
export interface RuleProof {
  readonly algorithm: string;
  readonly gridPoints: number;
  readonly testRows: number;
  /** Null where every rule held at every point and row. */
  readonly broken: BrokenRule | null;
  /** How many of the test rows each cap held for. */
  readonly capped: Readonly<Record<string, number>>;
}

export interface RulesResult {
  readonly caps: readonly { readonly name: string; readonly cap: number; readonly reason: string }[];
  readonly monotone: Readonly<Record<string, -1 | 1>>;
  /** The champion's is the last; those before it broke a rule. */
  readonly proofs: readonly RuleProof[];
}

/** How the algorithms do at places that no training row comes from. */
export interface LocationsResult {
  /** Rows of each place. */
  readonly rows: number;
  readonly synthetic: boolean;
  readonly places: readonly LocationResult[];
  /** Places at which an algorithm has the lowest error, as a share. */
  readonly winRate: Readonly<Record<string, number>>;
  /** By how much of the other's error the champion's is smaller, on average over the places. */
  readonly championAdvantage: Readonly<Record<string, number | null>>;
}

export interface LocationResult {
  readonly name: string;
  readonly country: string;
  readonly continent: string;
  readonly latitude: number;
  readonly longitude: number;
  /** By algorithm. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  /** The algorithm with the lowest error; null where none could be judged. */
  readonly winner: string | null;
  /** The lowest error that there can be; null where that is not known. */
  readonly bestPossible: number | null;
}
