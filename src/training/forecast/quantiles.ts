import { KaaykoError } from "../../core/index.ts";

/**
 * Levels of quantiles as typed, ascending; null where none are asked for.
 *
 * @throws KaaykoError (usage) for a level that is none, or given twice
 */
export function readQuantiles(given: readonly string[] | undefined): readonly number[] | null {
  if (given === undefined || given.length === 0) return null;
  const levels = given.map(Number).sort((a, b) => a - b);
  const valid = levels.every((level) => level > 0 && level < 1) && new Set(levels).size === levels.length;
  if (valid) return levels;
  throw new KaaykoError({
    action: "forecast quantiles",
    rule: "their levels must be different numbers between 0 and 1",
    got: given.join(","),
    remedy: "For example --quantiles 0.05,0.5,0.95.",
    kind: "usage",
  });
}
