import {
  exp,
  type JsonValue,
  log,
  type ParameterSpec,
  type ParameterValues,
  type SearchRange,
} from "../../core/index.ts";

/** A setting that is searched. */
export interface Dimension {
  readonly name: string;
  readonly whole: boolean;
  readonly range: SearchRange;
}

/** The settings of an algorithm that a search may try: those with a range, except what the user fixed. */
export function dimensionsOf(specs: readonly ParameterSpec[], fixed: readonly string[]): Dimension[] {
  return specs.flatMap(({ name, type, search }) =>
    search === undefined || fixed.includes(name) ? [] : [{ name, whole: type === "integer", range: search }],
  );
}

/** The value at a place from 0 to 1 of a setting's range. */
export function valueAt({ range, whole }: Dimension, place: number): JsonValue {
  if ("choices" in range)
    return range.choices[Math.min(range.choices.length - 1, Math.floor(place * range.choices.length))]!;
  const { low, high } = range;
  const value = range.log ? exp(log(low) + place * (log(high) - log(low))) : low + place * (high - low);
  if (whole) return Math.min(high, Math.max(low, Math.round(value)));
  return Math.min(high, Math.max(low, Number(value.toPrecision(4))));
}

/** Where a value lies in its range, from 0 to 1; null where it has none (a setting that is absent, or of another range). */
export function placeOf({ range }: Dimension, value: JsonValue | undefined): number | null {
  if ("choices" in range) {
    const index = range.choices.findIndex((choice) => JSON.stringify(choice) === JSON.stringify(value));
    return index < 0 ? null : (index + 0.5) / range.choices.length;
  }
  if (typeof value !== "number" || (range.log && value <= 0)) return null;
  const { low, high } = range;
  const place = range.log ? (log(value) - log(low)) / (log(high) - log(low)) : (value - low) / (high - low);
  return Math.min(1, Math.max(0, place));
}

/** Only the settings that are searched. */
export function searchedValues(dimensions: readonly Dimension[], values: ParameterValues): ParameterValues {
  return Object.fromEntries(
    dimensions.flatMap(({ name }) => (values[name] === undefined ? [] : [[name, values[name]!] as const])),
  );
}
