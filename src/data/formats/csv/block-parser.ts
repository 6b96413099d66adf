import { readSync } from "node:fs";
import {
  BYTES,
  type CsvKernel,
  createCsvKernel,
  type Dialect,
  INFO,
  TOKENIZE_PROBLEMS,
} from "../../../kernels/csv/index.ts";
import type { BlockProblem } from "../text/problems.ts";

/** What a column's cells become. `f32`, `f64` and `boolean` are numbers; `codes` are strings. */
export type CellTarget = "f32" | "f64" | "boolean" | "date" | "dayFirstDate" | "codes";

/** What to do with a block: scan all columns for what they hold, or read some of them. */
export interface ParsePlan {
  readonly dialect: Dialect;
  /** Cells of every row. */
  readonly columns: number;
  /** Columns to read, by number; empty when scanning. */
  readonly read: readonly { readonly column: number; readonly as: CellTarget }[];
}

/** Some whole rows of the file. */
export interface BlockRange {
  readonly offset: number;
  readonly length: number;
}

export interface ParsedBlock {
  readonly rows: number;
  /** What was seen in every column, when scanning. */
  readonly seen: Uint32Array<ArrayBuffer>;
  /** The columns read, one after the other, each from a multiple of 8 bytes on. May be longer than they are. */
  readonly values: ArrayBuffer;
  /** The texts of each column read as codes, and only of those, in order of first appearance in the block. */
  readonly texts: readonly (readonly string[])[];
}

export type ParseOutcome = ParsedBlock | BlockProblem;

export function isProblem(outcome: ParseOutcome): outcome is BlockProblem {
  return "what" in outcome;
}

/** Bytes of a value. */
export function targetBytes(target: CellTarget): number {
  return target === "f64" || target === "date" || target === "dayFirstDate" ? 8 : 4;
}

/** Bytes of a column in `ParsedBlock.values`. */
export function columnBytes(target: CellTarget, rows: number): number {
  return align(rows * targetBytes(target));
}

const align = (bytes: number) => Math.ceil(bytes / 8) * 8;
/** Blocks differ a little in their rows: a buffer for one fits most others. */
const roomy = (bytes: number) => align(bytes + (bytes >>> 3));
/** Bytes of a cell in the kernel's list. */
const CELL = 8;

/** Turns blocks of a file into columns. One kernel, used over and over; state never crosses from one block to the next. */
export class BlockParser {
  readonly #plan: ParsePlan;
  readonly #kernel: CsvKernel = createCsvKernel();
  #block: BlockRange = { offset: 0, length: 0 };
  #cells = 0;
  #rows = 0;

  constructor(plan: ParsePlan) {
    this.#plan = plan;
  }

  /** @param spare a buffer for the values that nobody reads any more; a new one is made where it is too small */
  parse(file: number, block: BlockRange, spare?: ArrayBuffer): ParseOutcome {
    const { delimiter, quoting } = this.#plan.dialect;
    this.#block = block;
    this.#cells = align(BYTES + block.length + 64);
    this.#kernel.reserve(this.#cells + (block.length + 2) * CELL);
    if (!this.#load(file, block)) return { what: "changed", offset: block.offset };
    this.#rows = this.#kernel.tokenize(
      BYTES,
      BYTES + block.length,
      delimiter,
      quoting ? 1 : 0,
      this.#plan.columns,
      this.#cells,
      INFO,
    );
    if (this.#rows < 0) return this.#tokenizeProblem();
    return this.#plan.read.length === 0 ? this.#scan() : this.#read(spare);
  }

  #load(file: number, { offset, length }: BlockRange): boolean {
    const target = new Uint8Array(this.#kernel.memory.buffer, BYTES, length);
    for (let at = 0; at < length; ) {
      const got = readSync(file, target, at, length - at, offset + at);
      if (got === 0) return false;
      at += got;
    }
    return true;
  }

  #tokenizeProblem(): BlockProblem {
    const [row, cells] = new Uint32Array(this.#kernel.memory.buffer, INFO, 2);
    const offset = this.#block.offset + row! - BYTES;
    if (this.#rows === TOKENIZE_PROBLEMS.ragged) return { what: "ragged", cells: cells!, offset };
    return { what: this.#rows === TOKENIZE_PROBLEMS.afterQuote ? "afterQuote" : "unterminated", offset };
  }

  #scan(): ParsedBlock {
    const { columns } = this.#plan;
    const seen = new Uint32Array(columns);
    for (let column = 0; column < columns; column++)
      seen[column] = this.#kernel.scanColumn(this.#cells + column * CELL, this.#rows, columns);
    return { rows: this.#rows, seen, values: new ArrayBuffer(0), texts: [] };
  }

  #read(spare: ArrayBuffer | undefined): ParseOutcome {
    const rows = this.#rows;
    const start = align(this.#cells + rows * this.#plan.columns * CELL);
    const total = this.#plan.read.reduce((sum, { as }) => sum + columnBytes(as, rows), 0);
    const slots = 2 ** Math.ceil(Math.log2(Math.max(2, rows * 2)));
    const scratch = start + total;
    this.#kernel.reserve(scratch + rows * 8 + slots * 4);
    const texts: string[][] = [];
    let at = start;
    for (const { column, as } of this.#plan.read) {
      const cells = this.#cells + column * CELL;
      const bad = as === "codes" ? 0 : this.#readNumbers(as, cells, at, scratch);
      if (bad < 0) return this.#cellProblem(column, as, -1 - bad);
      if (as === "codes") texts.push(this.#readStrings(cells, at, scratch, slots));
      at += columnBytes(as, rows);
    }
    const values = spare !== undefined && spare.byteLength >= total ? spare : new ArrayBuffer(roomy(total));
    new Uint8Array(values).set(new Uint8Array(this.#kernel.memory.buffer, start, total));
    return { rows, seen: new Uint32Array(0), values, texts };
  }

  #readNumbers(as: CellTarget, cells: number, values: number, scratch: number): number {
    const { columns } = this.#plan;
    if (as === "boolean") return this.#kernel.readBooleans(cells, this.#rows, columns, values);
    if (as === "date") return this.#kernel.readDates(cells, this.#rows, columns, 0, values);
    if (as === "dayFirstDate") return this.#kernel.readDates(cells, this.#rows, columns, 1, values);
    const wide = as === "f64";
    const undecided = this.#kernel.readNumbers(cells, this.#rows, columns, wide ? 1 : 0, values, scratch);
    if (undecided <= 0) return undecided;
    const { buffer } = this.#kernel.memory;
    const target = wide ? new Float64Array(buffer, values, this.#rows) : new Float32Array(buffer, values, this.#rows);
    for (const row of new Uint32Array(this.#kernel.memory.buffer, scratch, undecided))
      target[row] = Number(this.#cellText(cells + row * columns * CELL));
    return 0;
  }

  #readStrings(cells: number, codes: number, scratch: number, slots: number): string[] {
    const table = scratch + this.#rows * 8;
    const count = this.#kernel.readStrings(cells, this.#rows, this.#plan.columns, codes, scratch, table, slots);
    const bytes = Buffer.from(this.#kernel.memory.buffer as unknown as ArrayBuffer);
    const entries = new Uint32Array(this.#kernel.memory.buffer, scratch, count * 2);
    return Array.from({ length: count }, (_, index) => {
      const from = entries[2 * index]!;
      return bytes.toString("utf8", from, from + entries[2 * index + 1]!);
    });
  }

  #cellText(cell: number): string {
    const [from, end] = new Uint32Array(this.#kernel.memory.buffer, cell, 2);
    const bytes = Buffer.from(this.#kernel.memory.buffer as unknown as ArrayBuffer);
    return bytes.toString("utf8", from!, end! & 0x3fffffff).trim();
  }

  #cellProblem(column: number, as: CellTarget, row: number): BlockProblem {
    const cell = this.#cells + (row * this.#plan.columns + column) * CELL;
    const [from] = new Uint32Array(this.#kernel.memory.buffer, cell, 1);
    const kind = as === "boolean" ? "boolean" : targetBytes(as) === 8 && as !== "f64" ? "date" : "numeric";
    const text = this.#cellText(cell).slice(0, 40);
    return { what: "cell", column, kind, text, offset: this.#block.offset + from! - BYTES };
  }
}

/** Where the last whole row of some bytes ends; 0 where none does. */
export class RowBorders {
  readonly #dialect: Dialect;
  #kernel: CsvKernel | undefined;
  /** Whether any quote was among the bytes so far. */
  quotes = false;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** @param last whether the file ends with these bytes, with or without a line end */
  lastRowEnd(bytes: Buffer, last: boolean): number {
    const quotes = bytes.includes(34);
    this.quotes ||= quotes;
    if (last) return bytes.length;
    if (!this.#dialect.quoting || !quotes) {
      const feed = bytes.lastIndexOf(10);
      return (feed >= 0 ? feed : bytes.lastIndexOf(13)) + 1;
    }
    this.#kernel ??= createCsvKernel();
    this.#kernel.reserve(BYTES + bytes.length);
    new Uint8Array(this.#kernel.memory.buffer, BYTES, bytes.length).set(bytes);
    return this.#kernel.lastRowEnd(BYTES, BYTES + bytes.length, this.#dialect.delimiter, 1) - BYTES;
  }
}
