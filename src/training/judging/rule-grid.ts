import {
  type FeatureColumn,
  type FeatureSpec,
  type FeatureTable,
  newCodes,
  type RandomStream,
} from "../../core/index.ts";
import type { CompiledRules } from "../../features/index.ts";

/** A feature that may move a prediction one way only, and the values at which that is proved. */
export interface Sweep {
  readonly feature: number;
  readonly column: string;
  readonly sign: -1 | 1;
  /** Ascending. */
  readonly levels: Float64Array;
}

/** Values of a sweep from the least to the most of the training rows; the borders of conditions come on top. */
const EVEN_LEVELS = 13;
/** Steps over a border, as a share of the feature's range. */
const BESIDE = 1e-6;
/** Share of missing values in random points, where the training rows miss some, and where they never do. */
const MISSING_SHARE = 0.125;
const SURPRISE_SHARE = 0.02;

/** The sweeps of rules over features: every monotone direction whose column is a numeric feature. */
export function sweepsOf({ rules, caps }: CompiledRules, features: readonly FeatureSpec[]): Sweep[] {
  return Object.entries(rules.monotone).flatMap(([column, sign]): Sweep[] => {
    const feature = features.findIndex(({ name, kind }) => name === column && kind === "numeric");
    if (feature < 0) return [];
    const { min, max } = features[feature]!;
    const borders = caps.flatMap(({ conditions }) =>
      conditions.filter((condition) => condition.feature === feature && condition.is !== "missing"),
    );
    const beside = (max - min) * BESIDE;
    const levels = new Set(borders.flatMap(({ value }) => [value - beside, value, value + beside]));
    for (let i = 0; i < EVEN_LEVELS; i++) levels.add(min + ((max - min) * i) / (EVEN_LEVELS - 1));
    return [{ feature, column, sign, levels: Float64Array.from(levels).sort() }];
  });
}

/** A random point: each feature uniform over its range in the training rows, or missing; categories by code. */
export function drawPoint(random: RandomStream, features: readonly FeatureSpec[]): Float64Array {
  return Float64Array.from(features, ({ kind, min, max, cardinality, missing }) => {
    if (random.float() < (missing > 0 ? MISSING_SHARE : SURPRISE_SHARE)) return Number.NaN;
    return kind === "numeric" ? min + (max - min) * random.float() : 1 + random.integer(Math.max(1, cardinality));
  });
}

/** Points of a grid: each base with each level of each sweep, in that order; one row of the base itself where there is no sweep. */
export function expandPoints(
  bases: readonly Float64Array[],
  sweeps: readonly Sweep[],
  features: readonly FeatureSpec[],
): FeatureTable {
  const each = pointsPerBase(sweeps);
  const rows = bases.length * each;
  const columns = features.map((feature, f) => columnOf(feature, f, bases, sweeps, rows, each));
  return { rows, columns };
}

/** Points that one base becomes. */
export function pointsPerBase(sweeps: readonly Sweep[]): number {
  return Math.max(
    1,
    sweeps.reduce((sum, { levels }) => sum + levels.length, 0),
  );
}

function columnOf(
  { name, kind, cardinality }: FeatureSpec,
  feature: number,
  bases: readonly Float64Array[],
  sweeps: readonly Sweep[],
  rows: number,
  each: number,
): FeatureColumn {
  if (kind === "categorical") {
    const codes = newCodes(rows, cardinality);
    bases.forEach((base, b) => {
      const code = base[feature]!;
      codes.fill(Number.isNaN(code) ? 0 : code, b * each, (b + 1) * each);
    });
    return { kind, name, codes, cardinality };
  }
  const values = new Float64Array(rows);
  bases.forEach((base, b) => {
    values.fill(base[feature]!, b * each, (b + 1) * each);
    let at = b * each;
    for (const sweep of sweeps) {
      if (sweep.feature === feature) values.set(sweep.levels, at);
      at += sweep.levels.length;
    }
  });
  return { kind, name, values };
}
