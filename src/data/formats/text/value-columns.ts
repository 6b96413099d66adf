import {
  type Column,
  type ColumnKind,
  type JsonValue,
  kindFor,
  type OpenOptions,
  suggest,
} from "../../../core/index.ts";
import { readDate } from "../../../kernels/csv/index.ts";
import { CodeStore, NumberStore } from "./column-store.ts";
import { isStringKind } from "./kinds.ts";
import { inputError } from "./problems.ts";

/** How a column of values is stored. */
export interface ValuePlan {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly double: boolean;
  readonly dayFirst: boolean;
}

/** What a scan says of a column; its kind is undefined where it is none of a table. */
export interface SeenColumn {
  readonly name: string;
  readonly kind: ColumnKind | undefined;
  /** Numbers that float32 would merge. */
  readonly wide: boolean;
  readonly dayFirst: boolean;
  /** Times some of which have a zone and some have none. */
  readonly mixedZones: boolean;
}

interface ValueStore {
  start(rows: number): void;
  put(row: number, value: JsonValue | undefined): void;
  batch(): Column;
  whole(): Column;
}

/** Columns filled from values, row by row; undefined and null are missing. */
export class ValueColumns {
  readonly columns: number;
  readonly #stores: readonly { readonly name: string; readonly store: ValueStore }[];

  /**
   * @param keepRows rows of the whole table where it is to be kept
   * @param path what errors call the file
   */
  constructor(plans: readonly ValuePlan[], keepRows: number | undefined, path: string) {
    this.columns = plans.length;
    this.#stores = plans.map((plan) => ({ name: plan.name, store: valueStore(plan, keepRows, path) }));
  }

  start(rows: number): void {
    for (const { store } of this.#stores) store.start(rows);
  }

  /** @param cellOf the cell of a column of this row, by name and by place */
  put(row: number, cellOf: (name: string, place: number) => JsonValue | undefined): void {
    this.#stores.forEach(({ name, store }, place) => {
      store.put(row, cellOf(name, place));
    });
  }

  batch(): Column[] {
    return this.#stores.map(({ store }) => store.batch());
  }

  whole(): Column[] {
    return this.#stores.map(({ store }) => store.whole());
  }
}

/**
 * How the columns that are asked for are stored. Nested values are none of a table, but for a caller who asks for them as categorical:
 * their cells are JSON.
 *
 * @throws KaaykoError (input) for one that is not there
 */
export function planValues(path: string, seen: readonly SeenColumn[], { columns, kinds = {} }: OpenOptions) {
  const asked = seen.map((column) => ({ ...column, kind: column.kind ?? nestedKind(kindFor(column.name, kinds)) }));
  const readable = new Map(asked.flatMap(({ kind, ...column }) => (kind ? [[column.name, { ...column, kind }]] : [])));
  return (columns ?? [...readable.keys()]).map((name): ValuePlan => {
    const column = readable.get(name);
    if (column === undefined) {
      const near = suggest(name, readable.keys());
      const remedy = near === undefined ? `It has ${readable.size} columns.` : `Did you mean ${JSON.stringify(near)}?`;
      throw inputError(path, "a column must be in the file", JSON.stringify(name), remedy);
    }
    const kind = kindFor(name, kinds) ?? column.kind;
    return { name, kind, double: kind === "date" || column.wide, dayFirst: column.dayFirst };
  });
}

function nestedKind(asked: ColumnKind | undefined): ColumnKind | undefined {
  return asked === "categorical" ? asked : undefined;
}

function valueStore(plan: ValuePlan, keepRows: number | undefined, path: string): ValueStore {
  const { name, kind } = plan;
  const refuse = (value: JsonValue): never => {
    const got = JSON.stringify(value).slice(0, 40);
    throw inputError(path, `column ${name} is read as ${kind}`, got, "Read it as categorical.");
  };
  if (isStringKind(kind)) {
    const store = new CodeStore({ name, kind, keepRows });
    return {
      start: (rows) => store.start(rows),
      put: (row, value) => {
        if (value === null || value === undefined) store.put(row, undefined);
        else store.put(row, typeof value === "object" ? JSON.stringify(value) : String(value));
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
      values[row] = value === null || value === undefined ? Number.NaN : (numberOf(plan, value) ?? refuse(value));
    },
    batch: () => store.batch(),
    whole: () => store.whole(),
  };
}

/** A value as its column's kind stores it; undefined where it does not fit. */
function numberOf({ kind, dayFirst }: ValuePlan, value: JsonValue): number | undefined {
  if (typeof value === "boolean") return kind === "date" ? undefined : Number(value);
  if (typeof value === "number") return kind !== "boolean" || value === 0 || value === 1 ? value : undefined;
  if (typeof value !== "string") return undefined;
  if (kind === "date") return readDate(value, dayFirst)?.value;
  const number = value.trim() === "" ? Number.NaN : Number(value);
  return kind === "numeric" && !Number.isNaN(number) ? number : undefined;
}
