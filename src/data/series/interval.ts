import { KaaykoError } from "../../core/index.ts";

/** Differences that are counted exactly; readings at random times have more. */
const MAX_DIFFERENCES = 100_000;

/**
 * The interval of series: the most frequent difference between neighbouring times of one series, the smallest of several.
 *
 * @param times ascending within each series
 * @param ends behind the last time of each series
 * @throws KaaykoError (input) where no series has two different times
 */
export function inferInterval(times: Float64Array, ends: readonly number[], column: string): number {
  const counts = new Map<number, number>();
  let start = 0;
  for (const end of ends) {
    for (let i = start + 1; i < end; i++) {
      const difference = times[i]! - times[i - 1]!;
      if (difference <= 0) continue;
      const known = counts.get(difference);
      if (known !== undefined || counts.size < MAX_DIFFERENCES) counts.set(difference, (known ?? 0) + 1);
    }
    start = end;
  }
  let [best, most] = [0, 0];
  for (const [difference, count] of counts)
    if (count > most || (count === most && difference < best)) [best, most] = [difference, count];
  if (best > 0) return best;
  throw new KaaykoError({
    action: "find the interval of the series",
    rule: `column ${JSON.stringify(column)} must hold at least two different times of one series`,
    got: "none",
    remedy: "Name the column that tells series apart with --group COL, or use more rows.",
    kind: "input",
  });
}

/** An interval for a person: "5 min", "1 h", "1 day". */
export function formatInterval(milliseconds: number): string {
  const units: readonly [number, string][] = [
    [86_400_000, "day"],
    [3_600_000, "h"],
    [60_000, "min"],
    [1000, "s"],
  ];
  const [size, name] = units.find(([unit]) => milliseconds >= unit && milliseconds % unit === 0) ?? [1, "ms"];
  const count = milliseconds / size;
  return `${count} ${name}${name === "day" && count > 1 ? "s" : ""}`;
}
