import type { Database, Statement } from "sql.js";
import {
  type Batch,
  type BatchReader,
  type JsonObject,
  type JsonValue,
  KaaykoError,
  type OpenOptions,
  type Table,
} from "../../../core/index.ts";
import { batchRowsOf, isStringKind, ValueColumns, type ValuePlan } from "../text/index.ts";
import { foreignPosition, inputError } from "../text/problems.ts";
import { named, openDatabase } from "./database.ts";
import type { SqliteScan } from "./scan-table.ts";
import { selectRows } from "./tables.ts";

/** Reads a scanned table of an SQLite database in batches, in the order in which the table holds its rows. */
export class SqliteReader implements BatchReader {
  readonly #path: string;
  readonly #file: string;
  readonly #scan: SqliteScan;
  readonly #plans: readonly ValuePlan[];
  readonly #batchRows: number;
  readonly #retain: boolean;
  #columns: ValueColumns;
  #database: Database | undefined;
  #statement: Statement | undefined;
  #row = 0;

  constructor(
    { path, file }: { readonly path: string; readonly file: string },
    scan: SqliteScan,
    plans: readonly ValuePlan[],
    options: OpenOptions,
  ) {
    this.#path = path;
    this.#file = file;
    this.#scan = scan;
    this.#plans = plans;
    this.#batchRows = batchRowsOf(path, options, plans.length);
    this.#retain = options.retain ?? false;
    this.#columns = this.#newColumns();
  }

  #newColumns(): ValueColumns {
    return new ValueColumns(this.#plans, this.#retain ? this.#scan.rows : undefined, this.#path);
  }

  async next(): Promise<Batch | null> {
    const firstRow = this.#row;
    const rows = Math.min(this.#batchRows, this.#scan.rows - firstRow);
    if (rows === 0) return null;
    this.#statement ??= await this.#open();
    const statement = this.#statement;
    await named(this.#path, () => this.#fill(statement, rows));
    this.#row += rows;
    return { firstRow, rows, columns: this.#columns.batch() };
  }

  async #open(): Promise<Statement> {
    const database = await openDatabase(this.#path, this.#file);
    this.#database = database;
    const names = this.#plans.map(({ name }) => name);
    return named(this.#path, () => database.prepare(selectRows(this.#scan.table, names, this.#row)));
  }

  #fill(statement: Statement, rows: number): void {
    this.#columns.start(rows);
    for (let row = 0; row < rows; row++) {
      if (!statement.step())
        throw inputError(this.#path, "the file must stay as it is while it is read", "fewer rows", "Read it again.");
      const cells = statement.get();
      this.#columns.put(row, (_, place) => this.#cell(cells[place] as JsonValue, place));
    }
  }

  #cell(value: JsonValue, place: number): JsonValue {
    return value === "" && !isStringKind(this.#plans[place]!.kind) ? null : value;
  }

  position(): JsonObject & { row: number } {
    return { row: this.#row };
  }

  async seek(position: JsonObject): Promise<void> {
    const row = position.row as number;
    const valid = Number.isInteger(row) && row >= 0 && row <= this.#scan.rows;
    if (!valid || (row % this.#batchRows !== 0 && row !== this.#scan.rows)) throw foreignPosition(this.#path, position);
    await this.close();
    this.#row = this.#retain ? 0 : row;
    if (!this.#retain) return;
    this.#columns = this.#newColumns();
    while (this.#row < row) await this.next();
  }

  table(): Table {
    if (!this.#retain || this.#row < this.#scan.rows)
      throw new KaaykoError({
        action: "give the whole table",
        rule: "it must have been read with retain to its end",
        got: this.#retain ? `row ${this.#row} of ${this.#scan.rows}` : "a reader without retain",
      });
    return { rows: this.#scan.rows, columns: this.#columns.whole() };
  }

  async close(): Promise<void> {
    this.#statement?.free();
    this.#database?.close();
    this.#statement = undefined;
    this.#database = undefined;
  }
}
