/** Numbers that training reported, by step. At most 200 points, spread evenly, the last step among them. */
export interface LearningHistory {
  /** What a step is: "tree", "batch". */
  readonly unit: string;
  /** Rising; one a point. */
  readonly steps: readonly number[];
  /** By name ("train.rmse", "validation.logLoss"), one value a point; null where a step had none. */
  readonly series: Readonly<Record<string, readonly (number | null)[]>>;
}

/**
 * How much worse a metric gets when a feature's values are shuffled between rows (Breiman, "Random forests", 2001; Fisher et
 * al., "All models are wrong, but many are useful", 2019). Features that say the same share the credit: each can be done without.
 */
export interface PermutationImportance {
  readonly metric: string;
  /** The metric on the same rows, unshuffled. */
  readonly baseline: number;
  readonly rows: number;
  readonly repeats: number;
  /** The most important first. `std` is over the repeats (population). */
  readonly features: readonly { readonly feature: string; readonly mean: number; readonly std: number }[];
}

/**
 * What is predicted, on average over some rows, when a feature is set to each of several values (Friedman, "Greedy function
 * approximation", 2001), with the spread over the rows (Goldstein et al., "Peeking inside the black box", 2015). Says how the
 * model behaves, not what causes what; far from the data where features depend on each other.
 */
export interface PartialDependence {
  readonly feature: string;
  readonly kind: "numeric" | "categorical";
  readonly rows: number;
  /** Numbers, rising, or names of categories, the most frequent first. */
  readonly values: readonly (number | string)[];
  /** One for a number or a probability, one a class where there are more than two (the most frequent six). */
  readonly outputs: readonly DependenceOutput[];
}

export interface DependenceOutput {
  /** The class whose probability it is; null for a number. */
  readonly label: string | null;
  /** One a value. */
  readonly mean: readonly number[];
  /** 10 % and 90 % quantiles of the rows; one a value. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Counts in bins of equal width. */
export interface Histogram {
  /** Lower edge of the first bin, upper edge of the last. */
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

/** How numbers were predicted. */
export interface RegressionSummary {
  readonly kind: "regression";
  /** Rows by predicted and actual value, on one scale for both; only cells that hold rows. */
  readonly density: {
    readonly low: number;
    readonly high: number;
    /** Along each side. */
    readonly bins: number;
    /** `[predicted bin, actual bin, rows]`. */
    readonly cells: readonly (readonly [number, number, number])[];
    /** Rows beyond the scale. */
    readonly outside: number;
  };
  /** Of actual minus predicted; rows beyond the ends are counted in the bins at the ends. */
  readonly residuals: Histogram;
  /** Rows in up to ten groups of equal size, by rising prediction. */
  readonly groups: readonly {
    readonly rows: number;
    /** Means. */
    readonly predicted: number;
    readonly actual: number;
    /** Quantiles of actual minus predicted: 5, 25, 50, 75, 95 %. */
    readonly residuals: readonly number[];
  }[];
}

/** How classes were predicted. */
export interface ClassificationSummary {
  readonly kind: "classification";
  /**
   * Rows by predicted probability, in ten bins of equal width that hold rows: of the second of two classes, else of the class
   * that was predicted. `predicted` is the mean probability, `actual` the share of rows that were of the class.
   */
  readonly reliability: readonly { readonly rows: number; readonly predicted: number; readonly actual: number }[];
  /** Expected calibration error: mean distance of the two, weighted by rows. */
  readonly calibrationError: number;
  /** Rows by probability of the second class, for each of two classes; null for more classes. */
  readonly separation: readonly Histogram[] | null;
  /** Of the second of two classes; else each of the most frequent six against the rest. */
  readonly curves: readonly ClassCurve[];
}

/** A class against the rest, over every threshold. Up to 100 points each, from the highest threshold to the lowest. */
export interface ClassCurve {
  readonly label: string;
  /** Share of the rows that are of the class. */
  readonly share: number;
  readonly auc: number | null;
  readonly averagePrecision: number | null;
  readonly falsePositiveRate: readonly number[];
  readonly truePositiveRate: readonly number[];
  readonly recall: readonly number[];
  readonly precision: readonly number[];
}

/** Two labels that rows have together. */
export interface LabelPair {
  readonly first: string;
  readonly second: string;
  /** Rows that have both. */
  readonly rows: number;
  /** Rows that would have both if they came together by chance only. */
  readonly expected: number;
  /** Rows for which both are predicted. */
  readonly predicted: number;
}

/** A text that was judged wrongly. */
export interface TextError {
  /** The first 240 characters. */
  readonly text: string;
  /** The label that is wrong: missed where it is among the actual ones. */
  readonly label: string;
  /** What the model gave it. */
  readonly probability: number;
  readonly actual: readonly string[];
  readonly predicted: readonly string[];
}

/** What texts show of a model. */
export interface TextExplanation {
  /** Texts that were looked at. */
  readonly rows: number;
  /** The most frequent pairs first; absent where a text has one label. */
  readonly pairs?: readonly LabelPair[];
  /** Those that the model was surest of, at most two a label. */
  readonly errors: readonly TextError[];
}

/** What a model looks at and how it errs, measured on a seeded sample of rows. Every number is finite. */
export interface Explanation {
  /** The algorithm that was explained: the champion. */
  readonly algorithm: string;
  /** Which rows were looked at: "test", "validation" or "train". */
  readonly role: string;
  /** Rows that were drawn. */
  readonly rows: number;
  readonly predictions?: RegressionSummary | ClassificationSummary;
  readonly permutation?: PermutationImportance;
  readonly partialDependence?: readonly PartialDependence[];
  readonly texts?: TextExplanation;
}
