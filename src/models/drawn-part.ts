import type { FeaturePart, PartSpec } from "../core/index.ts";

/** Numbers of a row, at most. */
const MOST_NUMBERS = 12;
/** Primes, so that rows meet different columns. */
const STRIDES = { row: 9973, number: 7919 } as const;

/** Rows of a part of texts that follow from its size alone: the first is empty, the others have up to twelve numbers; null for windows. */
export function drawnPart({ name, kind, size }: PartSpec, rows: number): FeaturePart | null {
  if (kind === "windows") return null;
  const most = (kind === "tokens" ? size.vocabulary : size.width)!;
  const numbers = Array.from({ length: rows }, (_, row) => drawnNumbers(row, most, kind === "sparse"));
  const offsets = new Uint32Array(rows + 1);
  numbers.forEach(({ length }, row) => {
    offsets[row + 1] = offsets[row]! + length;
  });
  const all = Uint32Array.from(numbers.flat());
  if (kind === "tokens") return { kind, name, vocabulary: most, offsets, ids: all };
  // One attribute a token.
  if (kind === "attributes")
    return {
      kind,
      name,
      width: most,
      offsets,
      starts: Uint32Array.from({ length: all.length + 1 }, (_, i) => i),
      ids: all,
    };
  return {
    kind,
    name,
    width: most,
    offsets,
    indices: all,
    values: Float32Array.from(all, (_, i) => 1 / (2 + (i % 7))),
  };
}

function drawnNumbers(row: number, most: number, ascending: boolean): number[] {
  const length = Math.min(most, row % (MOST_NUMBERS + 1));
  const drawn = Array.from({ length }, (_, k) => (row * STRIDES.row + k * STRIDES.number) % most);
  return ascending ? [...new Set(drawn)].sort((a, b) => a - b) : drawn;
}
