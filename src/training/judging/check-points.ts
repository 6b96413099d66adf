import type { BrokenRule, FeatureTable } from "../../core/index.ts";
import { type CompiledRules, firedCaps, readFeatures } from "../../features/index.ts";
import type { Sweep } from "./rule-grid.ts";

/**
 * Looks for a prediction that is out of range or above a cap that holds; the first, or null.
 *
 * @param capped counts the rows that each cap holds for
 */
export function checkCaps(
  compiled: CompiledRules,
  table: FeatureTable,
  predictions: Float64Array,
  place: (row: number) => string,
  capped: Record<string, number> = {},
): BrokenRule | null {
  const { low, high } = compiled.rules.range;
  const features = new Float64Array(table.columns.length);
  for (let row = 0; row < table.rows; row++) {
    const prediction = predictions[row]!;
    if (!(prediction >= low && prediction <= high))
      return { rule: "range", where: place(row), found: `${prediction}, not from ${low} to ${high}` };
    readFeatures(table, row, features);
    for (const { name, cap } of firedCaps(compiled, features)) {
      capped[name] = (capped[name] ?? 0) + 1;
      if (prediction > cap) return { rule: name, where: place(row), found: `${prediction}, above the cap of ${cap}` };
    }
  }
  return null;
}

/** Looks for a step of a sweep against its direction in the predictions of `expandPoints`; the first, or null. */
export function checkSweeps(
  sweeps: readonly Sweep[],
  rows: number,
  predictions: Float64Array,
  place: (row: number) => string,
): BrokenRule | null {
  if (sweeps.length === 0) return null;
  for (let at = 0; at < rows; )
    for (const { column, sign, levels } of sweeps) {
      for (let i = 1; i < levels.length; i++) {
        const [before, after] = [predictions[at + i - 1]!, predictions[at + i]!];
        if (sign * (after - before) >= 0) continue;
        const found = `${column} ${levels[i - 1]} gives ${before}, ${levels[i]} gives ${after}`;
        return { rule: column, where: place(at + i), found };
      }
      at += levels.length;
    }
  return null;
}
