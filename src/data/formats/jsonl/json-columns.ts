import type { Column } from "../../../core/index.ts";
import { type RowParser, ValueColumns, type ValuePlan } from "../text/index.ts";
import { parseRow } from "./parse-row.ts";

/** Columns filled from lines of JSON objects; a key that an object does not have is missing. */
export class JsonColumns implements RowParser {
  readonly columns: number;
  readonly #values: ValueColumns;

  constructor(plans: readonly ValuePlan[], keepRows: number | undefined, path: string) {
    this.columns = plans.length;
    this.#values = new ValueColumns(plans, keepRows, path);
  }

  start(rows: number): void {
    this.#values.start(rows);
  }

  line(text: string, at: number): boolean {
    const row = parseRow(text);
    if (typeof row === "string") return false;
    this.#values.put(at, (name) => row.get(name));
    return true;
  }

  batch(): Column[] {
    return this.#values.batch();
  }

  whole(): Column[] {
    return this.#values.whole();
  }
}
