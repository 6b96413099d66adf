/** What may stand between the labels of a cell, the least likely inside a label first. */
const SEPARATORS = [";", "|", ","] as const;
export const DEFAULT_SEPARATOR = ",";

/** What stands between the labels of these cells; the default where every cell has one label. */
export function separatorOf(cells: Iterable<string>): string {
  const found = new Set<string>();
  for (const cell of cells) for (const mark of SEPARATORS) if (cell.includes(mark)) found.add(mark);
  return SEPARATORS.find((mark) => found.has(mark)) ?? DEFAULT_SEPARATOR;
}

/** A list as JSON, Python and NumPy write it; what lies between the brackets. */
const LIST = /^\s*\[(.*)\]\s*$/s;
const QUOTED = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'/g;
const NUMBERS = /^[\s\d.+-]+$/;

/** Whether a cell is a list in brackets. */
export function isLabelList(cell: string): boolean {
  return LIST.test(cell);
}

/** The labels of a cell: those between separators, or the items of a list in brackets (JSON's, Python's, NumPy's). */
export function labelsOf(cell: string, separator: string): string[] {
  const list = LIST.exec(cell)?.[1];
  const split = list !== undefined && NUMBERS.test(list) ? /\s+/ : separator;
  const items = quotedItems(cell) ?? (list ?? cell).split(split);
  return items.map((label) => label.trim()).filter((label) => label !== "");
}

/** The items of a list in brackets whose first is quoted, as JSON, Python or NumPy write it; null for any other cell. */
export function quotedItems(cell: string): string[] | null {
  const list = LIST.exec(cell)?.[1];
  if (list === undefined || !/^\s*["']/.test(list)) return null;
  const parsed = parsedList(cell);
  if (parsed !== null) return parsed;
  return [...list.matchAll(QUOTED)].map(([, double, single]) => (double ?? single ?? "").replace(/\\(.)/g, "$1"));
}

function parsedList(cell: string): string[] | null {
  try {
    return (JSON.parse(cell) as unknown[]).map(String);
  } catch {
    return null;
  }
}
