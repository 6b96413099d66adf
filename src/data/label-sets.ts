/** What may stand between the labels of a cell, the least likely inside a label first. */
const SEPARATORS = [";", "|", ","] as const;
export const DEFAULT_SEPARATOR = ",";

/** What stands between the labels of these cells; the default where every cell has one label. */
export function separatorOf(cells: Iterable<string>): string {
  const found = new Set<string>();
  for (const cell of cells) for (const mark of SEPARATORS) if (cell.includes(mark)) found.add(mark);
  return SEPARATORS.find((mark) => found.has(mark)) ?? DEFAULT_SEPARATOR;
}

/** The labels of a cell; `[]`, brackets and quotes of a JSON or Python list are taken off. */
export function labelsOf(cell: string, separator: string): string[] {
  const inner = /^\s*\[.*\]\s*$/s.test(cell) ? cell.trim().slice(1, -1) : cell;
  return inner
    .split(separator)
    .map((label) => label.trim().replace(/^(["'])(.*)\1$/s, "$2"))
    .filter((label) => label !== "");
}
