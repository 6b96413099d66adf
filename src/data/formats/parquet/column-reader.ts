import type { FileBytes } from "../file-bytes.ts";
import { parserOf } from "../kind-conversion.ts";
import { codeOf, createStringCoder, type StringCoder } from "../string-coder.ts";
import { ColumnCursor } from "./column-cursor.ts";
import type { ColumnPlan } from "./column-plan.ts";
import type { GroupLayout } from "./file-layout.ts";
import { ListCursor } from "./list-cursor.ts";
import type { NumberArray } from "./number-conversion.ts";
import type { PageMemory } from "./page-bytes.ts";
import { textOfNumbers } from "./text-of-numbers.ts";

/** A column as what it was asked for. Of the two ways to read, the one of its plan works. */
export interface ColumnReader {
  readonly plan: ColumnPlan;
  seek(row: number): void;
  rowsInPage(): number;
  readNumbers(out: NumberArray, at: number, count: number): void;
  readCodes(out: Uint32Array, at: number, count: number, coder: StringCoder): void;
}

const PORTION = 1 << 12;
/** Strings that a column read as numbers remembers the numbers of. */
const REMEMBERED = 1 << 16;

export function openColumn(
  file: FileBytes,
  groups: readonly GroupLayout[],
  plan: ColumnPlan,
  memory: PageMemory,
): ColumnReader {
  if (plan.column.list !== undefined) return openLists(new ListCursor(file, plan.column, groups, memory), plan);
  const cursor = new ColumnCursor(file, plan.column, groups, memory);
  const natural = plan.column.decoding.values;
  const readNumbers = natural === "numbers" ? numbersFromNumbers(cursor, plan) : numbersFromStrings(cursor, plan);
  const readCodes = natural === "strings" ? cursor.readCodes.bind(cursor) : stringsFromNumbers(cursor, plan);
  return { plan, seek: (row) => cursor.seek(row), rowsInPage: () => cursor.rowsInPage(), readNumbers, readCodes };
}

/** Lists are strings: JSON. */
function openLists(cursor: ListCursor, plan: ColumnPlan): ColumnReader {
  return {
    plan,
    seek: (row) => cursor.seek(row),
    rowsInPage: () => cursor.rowsInPage(),
    readNumbers: numbersFromStrings(cursor, plan),
    readCodes: cursor.readCodes.bind(cursor),
  };
}

function numbersFromNumbers(cursor: ColumnCursor, plan: ColumnPlan): ColumnReader["readNumbers"] {
  if (plan.kind !== "boolean" || plan.column.schema.kind === "boolean") return cursor.readNumbers.bind(cursor);
  return (out, at, count) => {
    cursor.readNumbers(out, at, count);
    for (let i = at; i < at + count; i++) out[i] = Number.isNaN(out[i]) ? Number.NaN : out[i] === 0 ? 0 : 1;
  };
}

function numbersFromStrings(cursor: Pick<ColumnCursor, "readCodes">, plan: ColumnPlan): ColumnReader["readNumbers"] {
  const parse = parserOf(plan.kind);
  const codes = new Uint32Array(PORTION);
  let coder = createStringCoder();
  let values = [Number.NaN];
  return (out, at, count) => {
    for (let done = 0; done < count; done += PORTION) {
      const portion = Math.min(PORTION, count - done);
      cursor.readCodes(codes, 0, portion, coder);
      while (values.length <= coder.dictionary.length) values.push(parse(coder.dictionary[values.length - 1]!));
      for (let i = 0; i < portion; i++) out[at + done + i] = values[codes[i]!]!;
      if (values.length > REMEMBERED) {
        coder = createStringCoder();
        values = [Number.NaN];
      }
    }
  };
}

function stringsFromNumbers(cursor: ColumnCursor, plan: ColumnPlan): ColumnReader["readCodes"] {
  const format = textOfNumbers(plan.column);
  const numbers = new Float64Array(PORTION);
  return (out, at, count, coder) => {
    for (let done = 0; done < count; done += PORTION) {
      const portion = Math.min(PORTION, count - done);
      cursor.readNumbers(numbers, 0, portion);
      for (let i = 0; i < portion; i++) {
        const text = Number.isNaN(numbers[i]!) ? null : format(numbers[i]!);
        out[at + done + i] = text === null ? 0 : codeOf(coder, text);
      }
    }
  };
}
