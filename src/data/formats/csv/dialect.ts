import { MISSING_WORDS, readBoolean, readDate, readNumber, splitRows } from "../../../kernels/csv/index.ts";

const CANDIDATES = [",", "\t", ";", "|"].map((character) => character.charCodeAt(0));

/** The delimiter that splits the most rows into the same number of cells, more than one; comma where none does. */
export function sniffDelimiter(head: Uint8Array): number {
  let best = CANDIDATES[0]!;
  let bestScore = 0;
  for (const delimiter of CANDIDATES) {
    const rows = splitRows(head, { delimiter, quoting: true }, 100);
    const counts = new Map<number, number>();
    for (const row of rows) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
    for (const [cells, agreeing] of counts) {
      // Agreement first; among equals the finer split. The first row decides between two that agree as often.
      const score = cells < 2 ? 0 : agreeing * 1e6 + Math.min(cells, 999_999) + (rows[0]?.length === cells ? 0.5 : 0);
      if (score > bestScore) [best, bestScore] = [delimiter, score];
    }
  }
  return best;
}

type Look = "missing" | "number" | "date" | "boolean" | "text";

function lookOf(cell: string): Look {
  const word = cell.trim();
  if (MISSING_WORDS.has(word)) return "missing";
  if (readNumber(word) !== undefined) return "number";
  if (readDate(word) !== undefined) return "date";
  return readBoolean(word) === undefined ? "text" : "boolean";
}

/**
 * Whether the first row holds names. A column of numbers, dates or booleans votes: its first cell looks like the others, or like a
 * name. Where no column votes (all text), a first row without any number is one of names, unless a cell of it recurs below or is a
 * sentence above sentences.
 */
export function detectHeader(rows: readonly (readonly string[])[]): boolean {
  const first = rows[0] ?? [];
  const looks = first.map(lookOf);
  if (looks.every((look) => look === "number" || look === "missing")) return isUnnamedIndex(rows);
  const votes = first.map((_, column) => vote(looks[column]!, rows, column));
  if (votes.includes("header")) return true;
  if (votes.includes("data")) return false;
  if (looks.includes("number") || looks.includes("date")) return false;
  return !first.some((cell, column) => isOneOfMany(cell, rows, column));
}

/**
 * Whether names are numbers and only the first column has none, as tables of sensors are written: different whole numbers above, and
 * an index in the first column below, of dates or of the numbers of the rows.
 */
function isUnnamedIndex([first = [], ...rows]: readonly (readonly string[])[]): boolean {
  const [unnamed = "", ...names] = first.map((cell) => cell.trim());
  const isNumbered =
    names.length > 1 && names.every((name) => /^\d+$/.test(name)) && new Set(names).size === names.length;
  if (unnamed !== "" || !isNumbered || rows.length === 0) return false;
  const index = rows.map((row) => (row[0] ?? "").trim());
  return index.every((cell) => lookOf(cell) === "date") || index.every((cell, row) => cell === String(row));
}

/** Words that no name of a column has, as most texts do. */
const SENTENCE_WORDS = 6;

/** Whether a text of the first row is like those below it: it recurs, as labels do, or is as long as texts are. */
function isOneOfMany(cell: string, rows: readonly (readonly string[])[], column: number): boolean {
  const below = rows.slice(1).map((row) => row[column] ?? "");
  if (cell.trim() !== "" && below.includes(cell)) return true;
  const long = below.filter(isSentence).length;
  return isSentence(cell) && long > below.length / 2;
}

function isSentence(cell: string): boolean {
  return cell.trim().split(/\s+/, SENTENCE_WORDS).length >= SENTENCE_WORDS;
}

function vote(first: Look, rows: readonly (readonly string[])[], column: number): "header" | "data" | undefined {
  const looks = new Set(rows.slice(1).map((row) => lookOf(row[column] ?? "")));
  looks.delete("missing");
  if (looks.size !== 1 || looks.has("text") || first === "missing") return undefined;
  return looks.has(first) ? "data" : "header";
}

/** Names for columns: cells of the header without blanks, `unnamed_3` where empty, `name_2` for the second `name`. */
export function columnNames(header: readonly string[]): string[] {
  const wanted = header.map((cell, index) => cell.trim() || `unnamed_${index}`);
  const taken = new Set(wanted);
  const seen = new Set<string>();
  return wanted.map((name) => {
    let unique = name;
    for (let number = 2; seen.has(unique) || (unique !== name && taken.has(unique)); number++)
      unique = `${name}_${number}`;
    seen.add(unique);
    return unique;
  });
}
