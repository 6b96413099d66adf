import { KaaykoError, type ModelContent } from "../../core/index.ts";

const MAX_VALUES = 2 ** 28;

/** An array of a model. @throws KaaykoError (damaged) where it is not there, of another size, or not finite */
export function finiteFloats(name: string, { arrays }: ModelContent, array: string, size: number): Float32Array {
  const values = arrays[array];
  const fits = size <= MAX_VALUES && values instanceof Float32Array && values.length === size;
  if (fits && values.every(Number.isFinite)) return values;
  throw damagedText(name, `${size} finite float32 values for ${array}`);
}

export function damagedText(name: string, rule: string): KaaykoError {
  return new KaaykoError({ action: `read the ${name} model`, rule: `it must have ${rule}`, kind: "damaged" });
}

export function isCount(value: unknown, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}
