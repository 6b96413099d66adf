import {
  type Batch,
  type BatchReader,
  type JsonObject,
  KaaykoError,
  type OpenOptions,
  type Table,
} from "../../../core/index.ts";
import { batchRowsOf } from "../text/batch-rows.ts";
import { foreignPosition, inputError, problemError } from "../text/problems.ts";
import { type BlockRange, isProblem, type ParsedBlock, type ParsePlan } from "./block-parser.ts";
import { blockOffsets, type ColumnBuilder, type ColumnPlan, columnBuilders } from "./column-builders.ts";
import { inOrder } from "./in-order.ts";
import { type BlockThreads, startBlockThreads } from "./parse-threads.ts";
import type { Scan } from "./scan.ts";

interface CurrentBlock {
  readonly parsed: ParsedBlock;
  readonly offsets: readonly number[];
  /** Number of its first row in the file. */
  readonly firstRow: number;
}

/** Reads batches of a scanned file. */
export class CsvReader implements BatchReader {
  readonly #path: string;
  readonly #scan: Scan;
  readonly #plans: readonly ColumnPlan[];
  readonly #batchRows: number;
  readonly #retain: boolean;
  readonly #threads: BlockThreads;
  #builders: ColumnBuilder[] = [];
  #blocks: AsyncGenerator<CurrentBlock> | undefined;
  #current: CurrentBlock | undefined;
  #row = 0;

  constructor(path: string, scan: Scan, plans: readonly ColumnPlan[], options: OpenOptions) {
    this.#path = path;
    this.#scan = scan;
    this.#plans = plans;
    this.#batchRows = batchRowsOf(path, options, plans.length);
    this.#retain = options.retain ?? false;
    const plan: ParsePlan = { dialect: scan.head.dialect, columns: scan.head.names.length, read: plans };
    // A file of one block has nothing to share out.
    const threads = Math.min(options.threads ?? 1, scan.offsets.length - 1);
    // The columns first: where they do not fit, no thread is left behind.
    this.#startAt(0);
    this.#threads = startBlockThreads(path, plan, threads);
  }

  async next(): Promise<Batch | null> {
    if (this.#blocks === undefined) throw new KaaykoError({ action: "read on", rule: "the reader must be open" });
    const firstRow = this.#row;
    const rows = Math.min(this.#batchRows, this.#scan.rows - firstRow);
    if (rows === 0) return null;
    for (const builder of this.#builders) builder.start(rows);
    const end = firstRow + rows;
    while (this.#row < end) {
      const block = await this.#blockOf(this.#row);
      const from = this.#row - block.firstRow;
      const to = Math.min(block.parsed.rows, end - block.firstRow);
      this.#builders.forEach((builder, index) => {
        builder.append(block.parsed, block.offsets[index]!, from, to);
      });
      this.#row = block.firstRow + to;
    }
    return { firstRow, rows, columns: this.#builders.map((builder) => builder.batch()) };
  }

  position(): JsonObject & { row: number } {
    return { row: this.#row, offset: this.#scan.offsets[this.#blockNumber(this.#row)]! };
  }

  async seek(position: JsonObject): Promise<void> {
    const { row, offset } = position;
    const valid =
      Number.isInteger(row) &&
      (row as number) >= 0 &&
      (row as number) <= this.#scan.rows &&
      ((row as number) % this.#batchRows === 0 || row === this.#scan.rows) &&
      offset === this.#scan.offsets[this.#blockNumber(row as number)];
    if (!valid) throw foreignPosition(this.#path, position);
    await this.#blocks?.return(undefined);
    this.#startAt(this.#retain ? 0 : (row as number));
    while (this.#row < (row as number)) await this.next();
  }

  table(): Table {
    if (!this.#retain || this.#row < this.#scan.rows)
      throw new KaaykoError({
        action: "give the whole table",
        rule: "it must have been read with retain to its end",
        got: this.#retain ? `row ${this.#row} of ${this.#scan.rows}` : "a reader without retain",
      });
    return { rows: this.#scan.rows, columns: this.#builders.map((builder) => builder.whole()) };
  }

  async close(): Promise<void> {
    await this.#threads.close();
    await this.#blocks?.return(undefined);
    this.#blocks = undefined;
    this.#current = undefined;
  }

  #startAt(row: number): void {
    this.#row = row;
    this.#current = undefined;
    this.#blocks = this.#parseFrom(this.#blockNumber(row));
    if (this.#builders.length > 0 && !this.#retain) return;
    const keepRows = this.#retain ? this.#scan.rows : undefined;
    this.#builders = columnBuilders(this.#plans, keepRows);
  }

  /** The number of the block that holds a row; of the last one for the row after all. */
  #blockNumber(row: number): number {
    const { firstRows } = this.#scan;
    let low = 0;
    let high = firstRows.length - 2;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (firstRows[middle]! <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  async #blockOf(row: number): Promise<CurrentBlock> {
    while (this.#current === undefined || row >= this.#current.firstRow + this.#current.parsed.rows) {
      if (this.#current !== undefined) this.#threads.recycle(this.#current.parsed.values);
      this.#current = undefined;
      const { value, done } = await this.#blocks!.next();
      if (done) throw await problemError(this.#path, { what: "changed", offset: 0 }, []);
      this.#current = value;
    }
    return this.#current;
  }

  async *#parseFrom(first: number): AsyncGenerator<CurrentBlock> {
    const { offsets, firstRows, head } = this.#scan;
    const ranges: BlockRange[] = offsets
      .slice(first, -1)
      .map((offset, index) => ({ offset, length: offsets[first + index + 1]! - offset }));
    let number = first;
    for await (const { outcome } of inOrder(ranges, this.#threads)) {
      if (isProblem(outcome)) throw await problemError(this.#path, outcome, head.names);
      const firstRow = firstRows[number++]!;
      if (outcome.rows !== firstRows[number]! - firstRow)
        throw inputError(
          this.#path,
          "the file must stay as it is while it is read",
          "other contents",
          "Read it again.",
        );
      yield { parsed: outcome, offsets: blockOffsets(this.#plans, outcome.rows), firstRow };
    }
  }
}
