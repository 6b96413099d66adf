import { type InputEncoding, OUTLIER_LIMIT } from "../encoding.ts";
import type { PortableOperations } from "./portable-operations.ts";

/** Encoded rows: dense inputs side by side, and the embedding's row of each embedded feature. */
export interface EncodedInputs<V> {
  /** Null where there is none. */
  readonly dense: V | null;
  readonly codes: readonly V[];
}

/**
 * What `encodeRows` does, written in operations.
 *
 * @param features rows × features: numbers, and categories as codes from 0; NaN is missing
 */
export function encodeInputs<V>(
  ops: PortableOperations<V>,
  inputs: readonly InputEncoding[],
  features: V,
): EncodedInputs<V> {
  const codes: V[] = [];
  const parts = inputs.flatMap((input, i) => {
    const column = ops.slice(features, [0, i], [-1, 1]);
    if (input.kind === "numeric") return numericParts(ops, input, column);
    const code = codeOf(ops, input.cardinality, column);
    if (input.kind === "oneHot") return [oneHot(ops, input.cardinality, code)];
    codes.push(ops.toIndices(code));
    return [];
  });
  return { dense: parts.length === 0 ? null : ops.concat(parts, 1), codes };
}

function numericParts<V>(
  ops: PortableOperations<V>,
  { mean, scale, indicator, borders }: Extract<InputEncoding, { kind: "numeric" }>,
  column: V,
): V[] {
  const number = (value: number): V => ops.constant([value], [1]);
  const missing = ops.isMissing(column);
  const known = ops.binary("sub", number(1), missing);
  const value = ops.filled(column);
  const scaled = ops.binary("mul", ops.binary("sub", value, number(mean)), number(scale));
  const far = ops.unary("square", ops.binary("mul", scaled, number(1 / OUTLIER_LIMIT)));
  const bent = ops.binary("div", scaled, ops.unary("sqrt", ops.binary("add", number(1), far)));
  const parts = [ops.binary("mul", bent, known)];
  if (indicator) parts.push(missing);
  if (borders.length > 1) parts.push(ops.binary("mul", pieces(ops, borders, value), known));
  return parts;
}

/** How far each piece is passed, from 0 to 1. */
function pieces<V>(ops: PortableOperations<V>, borders: readonly number[], value: V): V {
  const low = borders.slice(0, -1);
  const width = low.map((border, i) => borders[i + 1]! - border);
  const shape = [low.length];
  const passed = ops.binary("div", ops.binary("sub", value, ops.constant(low, shape)), ops.constant(width, shape));
  const one = ops.constant([1], [1]);
  return ops.binary("sub", one, ops.unary("relu", ops.binary("sub", one, ops.unary("relu", passed))));
}

/** The code from 1; 0 where it is missing or was never seen. */
function codeOf<V>(ops: PortableOperations<V>, cardinality: number, column: V): V {
  const number = (value: number): V => ops.constant([value], [1]);
  const known = ops.binary("sub", number(1), ops.isMissing(column));
  const code = ops.binary("mul", ops.binary("add", ops.filled(column), number(1)), known);
  const unseen = ops.binary("greaterEqual", code, number(cardinality + 0.5));
  return ops.binary("mul", code, ops.binary("sub", number(1), unseen));
}

function oneHot<V>(ops: PortableOperations<V>, cardinality: number, code: V): V {
  const from = (shift: number): V => {
    const bounds = Array.from({ length: cardinality + 1 }, (_, k) => k + shift);
    return ops.binary("greaterEqual", code, ops.constant(bounds, [bounds.length]));
  };
  return ops.binary("sub", from(-0.5), from(0.5));
}
