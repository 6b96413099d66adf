import { type Cap, type Condition, type FeatureSpec, KaaykoError, type Rules } from "../../core/index.ts";
import { compileInputChecks, type InputCheck } from "./check-inputs.ts";

/** Rules bound to the features of a model: columns are numbers of features. */
export interface CompiledRules {
  readonly rules: Rules;
  readonly caps: readonly CompiledCap[];
  /** What raw rows must be like. */
  readonly checks: readonly InputCheck[];
  /** Features that may not be missing too often, where `rules.unknown` says so. */
  readonly features: number;
}

export interface CompiledCap {
  readonly cap: Cap;
  readonly conditions: readonly CompiledCondition[];
}

export interface CompiledCondition {
  readonly feature: number;
  readonly is: Condition["is"];
  readonly value: number;
  readonly otherwise: readonly { readonly feature: number; readonly times: number }[];
}

/**
 * Binds rules to features by name.
 *
 * @throws KaaykoError (input) where a cap names a column that is no numeric feature: a danger that cannot be seen
 */
export function compileRules(rules: Rules, features: readonly FeatureSpec[]): CompiledRules {
  const indexOf = (column: string, cap: string): number => {
    const index = features.findIndex(({ name, kind }) => name === column && kind === "numeric");
    if (index >= 0) return index;
    throw new KaaykoError({
      action: `apply the rule ${cap}`,
      rule: `column ${JSON.stringify(column)} must be a numeric feature`,
      got: features.some(({ name }) => name === column) ? "categories" : "no such feature",
      remedy: "Add the column to the table (missing values are allowed), or train without the recipe.",
      kind: "input",
    });
  };
  const caps = rules.caps.map((cap) => ({
    cap,
    conditions: cap.all.map(({ column, is, value, otherwise = [] }) => ({
      feature: indexOf(column, cap.name),
      is,
      value,
      otherwise: otherwise.map((other) => ({ feature: indexOf(other.column, cap.name), times: other.times })),
    })),
  }));
  return { rules, caps, checks: compileInputChecks(rules), features: features.length };
}

/** Columns that the caps look at. */
export function ruleColumns({ caps }: Rules): string[] {
  const columns = caps.flatMap(({ all }) =>
    all.flatMap(({ column, otherwise = [] }) => [column, ...otherwise.map((other) => other.column)]),
  );
  return [...new Set(columns)];
}
