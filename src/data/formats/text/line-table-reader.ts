import {
  type Batch,
  type BatchReader,
  type Column,
  type JsonObject,
  KaaykoError,
  type OpenOptions,
  type Table,
} from "../../../core/index.ts";
import { batchRowsOf } from "./batch-rows.ts";
import { LineCursor } from "./line-cursor.ts";
import { foreignPosition, inputError } from "./problems.ts";

/** How a format of one row a line fills its columns. */
export interface RowParser {
  readonly columns: number;
  start(rows: number): void;
  /** Puts a line into row `row` of the batch. False where the line holds no row (blank, a comment). */
  line(text: string, row: number, offset: number): boolean;
  batch(): Column[];
  whole(): Column[];
}

/** Reads a scanned file of one row a line in batches, in this thread. */
export class LineTableReader implements BatchReader {
  readonly #path: string;
  readonly #rows: number;
  readonly #start: number;
  readonly #makeParser: () => RowParser;
  readonly #batchRows: number;
  readonly #retain: boolean;
  #parser: RowParser;
  #cursor: LineCursor | undefined;
  #row = 0;
  #offset: number;

  /** @param start byte of the first line */
  constructor(path: string, rows: number, start: number, makeParser: () => RowParser, options: OpenOptions) {
    this.#path = path;
    this.#rows = rows;
    this.#start = start;
    this.#offset = start;
    this.#makeParser = makeParser;
    this.#parser = makeParser();
    this.#batchRows = batchRowsOf(path, options, this.#parser.columns);
    this.#retain = options.retain ?? false;
  }

  async next(): Promise<Batch | null> {
    const rows = Math.min(this.#batchRows, this.#rows - this.#row);
    if (rows === 0) return null;
    this.#cursor ??= await LineCursor.open(this.#path, this.#offset);
    const cursor = this.#cursor;
    this.#parser.start(rows);
    for (let filled = 0; filled < rows; ) {
      const offset = cursor.offset;
      const line = cursor.line();
      if (line !== undefined) {
        if (this.#parser.line(line, filled, offset)) filled++;
      } else if (!(await cursor.fill())) {
        throw inputError(this.#path, "the file must stay as it is while it is read", "fewer rows", "Read it again.");
      }
    }
    const firstRow = this.#row;
    this.#row += rows;
    this.#offset = cursor.offset;
    return { firstRow, rows, columns: this.#parser.batch() };
  }

  position(): JsonObject & { row: number } {
    return { row: this.#row, offset: this.#offset };
  }

  async seek(position: JsonObject): Promise<void> {
    const row = position.row as number;
    const offset = position.offset as number;
    const valid =
      Number.isInteger(row) &&
      Number.isInteger(offset) &&
      row >= 0 &&
      row <= this.#rows &&
      offset >= this.#start &&
      (row % this.#batchRows === 0 || row === this.#rows);
    if (!valid) throw foreignPosition(this.#path, position);
    await this.close();
    this.#row = this.#retain ? 0 : row;
    this.#offset = this.#retain ? this.#start : offset;
    if (!this.#retain) return;
    this.#parser = this.#makeParser();
    while (this.#row < row) await this.next();
  }

  table(): Table {
    if (!this.#retain || this.#row < this.#rows)
      throw new KaaykoError({
        action: "give the whole table",
        rule: "it must have been read with retain to its end",
        got: this.#retain ? `row ${this.#row} of ${this.#rows}` : "a reader without retain",
      });
    return { rows: this.#rows, columns: this.#parser.whole() };
  }

  async close(): Promise<void> {
    const cursor = this.#cursor;
    this.#cursor = undefined;
    await cursor?.close();
  }
}
