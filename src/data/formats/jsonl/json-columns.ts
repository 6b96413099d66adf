import type { Column, ColumnKind, JsonValue } from "../../../core/index.ts";
import { readDate } from "../../../kernels/csv/index.ts";
import { CodeStore, isStringKind, NumberStore, type RowParser } from "../text/index.ts";
import { parseRow } from "./parse-row.ts";

export interface JsonPlan {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly double: boolean;
  readonly dayFirst: boolean;
}

interface JsonColumn {
  start(rows: number): void;
  put(row: number, value: JsonValue | undefined): void;
  batch(): Column;
  whole(): Column;
}

/** Called for a value that does not fit its column's kind. Does not return. */
export type Refuse = (plan: JsonPlan, value: JsonValue) => never;

/** Columns filled from objects; a key that an object does not have is missing. */
export class JsonColumns implements RowParser {
  readonly columns: number;
  readonly #stores: readonly { readonly name: string; readonly store: JsonColumn }[];

  constructor(plans: readonly JsonPlan[], keepRows: number | undefined, refuse: Refuse) {
    this.columns = plans.length;
    this.#stores = plans.map((plan) => ({ name: plan.name, store: jsonColumn(plan, keepRows, refuse) }));
  }

  start(rows: number): void {
    for (const { store } of this.#stores) store.start(rows);
  }

  line(text: string, at: number): boolean {
    const row = parseRow(text);
    if (typeof row === "string") return false;
    for (const { name, store } of this.#stores) store.put(at, row.get(name));
    return true;
  }

  batch(): Column[] {
    return this.#stores.map(({ store }) => store.batch());
  }

  whole(): Column[] {
    return this.#stores.map(({ store }) => store.whole());
  }
}

function jsonColumn(plan: JsonPlan, keepRows: number | undefined, refuse: Refuse): JsonColumn {
  const { name, kind } = plan;
  if (isStringKind(kind)) {
    const store = new CodeStore({ name, kind, keepRows });
    return {
      start: (rows) => store.start(rows),
      put: (row, value) => {
        if (typeof value === "object" && value !== null) refuse(plan, value);
        store.put(row, value === null || value === undefined ? undefined : String(value));
      },
      batch: () => store.batch(),
      whole: () => store.whole(),
    };
  }
  const store = new NumberStore({ name, kind, keepRows }, plan.double);
  let values: Float32Array | Float64Array = new Float32Array(0);
  return {
    start: (rows) => {
      values = store.start(rows);
    },
    put: (row, value) => {
      values[row] = value === null || value === undefined ? Number.NaN : (numberOf(plan, value) ?? refuse(plan, value));
    },
    batch: () => store.batch(),
    whole: () => store.whole(),
  };
}

/** A value as its column's kind stores it; undefined where it does not fit. */
function numberOf({ kind, dayFirst }: JsonPlan, value: JsonValue): number | undefined {
  if (typeof value === "boolean") return kind === "date" ? undefined : Number(value);
  if (typeof value === "number") return kind !== "boolean" || value === 0 || value === 1 ? value : undefined;
  if (typeof value !== "string") return undefined;
  if (kind === "date") return readDate(value, dayFirst)?.value;
  const number = value.trim() === "" ? Number.NaN : Number(value);
  return kind === "numeric" && !Number.isNaN(number) ? number : undefined;
}
