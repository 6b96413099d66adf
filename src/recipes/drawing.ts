import type { RandomStream, StringColumn } from "../core/index.ts";

/** One of some things, all as likely. */
export function pick<T>(random: RandomStream, items: readonly T[]): T {
  return items[random.integer(items.length)]!;
}

/** Strings of a synthetic table as a column; null is missing. */
export function stringColumn(name: string, cells: readonly (string | null)[]): StringColumn {
  const known = new Map<string, number>();
  const codes = Uint32Array.from(cells, (cell) => {
    if (cell === null) return 0;
    if (!known.has(cell)) known.set(cell, known.size + 1);
    return known.get(cell)!;
  });
  return { kind: "categorical", name, codes, dictionary: [...known.keys()] };
}
