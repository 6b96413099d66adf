import {
  type Batch,
  type Column,
  type ColumnSchema,
  hashJson,
  isStringColumn,
  type JsonObject,
  KaaykoError,
  type State,
  type TypedArray,
} from "../../core/index.ts";
import { NumberTally } from "./number-tally.ts";
import type { ColumnProfile, TableProfile } from "./profile.ts";
import { StringTally } from "./string-tally.ts";
import { ValueHash } from "./value-hash.ts";

/** Builds the profile of a table from its batches. */
export class Profiler {
  readonly #columns: readonly ColumnTally[];
  #rows = 0;

  constructor(schema: readonly ColumnSchema[]) {
    this.#columns = schema.map((column) => new ColumnTally(column));
  }

  get rows(): number {
    return this.#rows;
  }

  /** Columns must be those of the schema, in its order. */
  add(batch: Pick<Batch, "rows" | "columns">): void {
    this.#columns.forEach((tally, i) => {
      tally.add(batch.columns[i]!, batch.rows);
    });
    this.#rows += batch.rows;
  }

  profile(): TableProfile {
    const schema = this.#columns.map(({ schema: { name, kind } }) => ({ name, kind }));
    const hashes = this.#columns.map((column) => column.hash);
    return {
      rows: this.#rows,
      columns: this.#columns.map((column) => column.profile()),
      fingerprint: hashJson({ rows: this.#rows, schema, hashes }),
    };
  }

  getState(): State {
    const states = this.#columns.map((column) => column.getState());
    // One array a kind for all columns: a table may have thousands of them, and every array of a state has its price.
    const lengths = new Float64Array(states.length * PARTS.length);
    const arrays: Record<string, TypedArray> = { lengths };
    PARTS.forEach((name, part) => {
      states.forEach((state, i) => {
        lengths[i * PARTS.length + part] = state.arrays[name].length;
      });
      arrays[name] = joined(states.map((state) => state.arrays[name]));
    });
    return { json: { rows: this.#rows, columns: states.map(({ json }) => json) }, arrays };
  }

  setState(state: State): void {
    const columns = state.json.columns as JsonObject[];
    if (!Array.isArray(columns) || columns.length !== this.#columns.length) throw misfit();
    const { lengths } = state.arrays;
    if (!(lengths instanceof Float64Array) || lengths.length !== columns.length * PARTS.length) throw misfit();
    const taken = PARTS.map(() => 0);
    this.#columns.forEach((column, i) => {
      column.setState(columns[i]!, (name) => {
        const part = PARTS.indexOf(name);
        const all = state.arrays[name];
        const [from, length] = [taken[part]!, lengths[i * PARTS.length + part]!];
        if (!(all instanceof Float64Array) || !(length >= 0 && from + length <= all.length)) throw misfit();
        taken[part] = from + length;
        return all.slice(from, from + length);
      });
    });
    this.#rows = state.json.rows as number;
  }
}

/** The arrays of a column's state. */
const PARTS = ["numbers", "values", "counts", "strings", "stringCounts"] as const;
type Part = (typeof PARTS)[number];

function joined(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

class ColumnTally {
  readonly schema: ColumnSchema;
  readonly #hash = new ValueHash();
  readonly #numbers = new NumberTally();
  readonly #strings = new StringTally();

  constructor(schema: ColumnSchema) {
    this.schema = schema;
  }

  get hash(): number[] {
    return this.#hash.state;
  }

  add(column: Column, rows: number): void {
    this.#hash.add(column, rows);
    if (isStringColumn(column)) this.#strings.add(column.codes, column.dictionary, rows);
    else this.#numbers.add(column.values, rows);
  }

  profile(): ColumnProfile {
    const { name, kind, physical } = this.schema;
    if (kind === "categorical" || kind === "text") {
      const { first, ...rest } = this.#strings.summary();
      const numbers = { infinite: 0, mean: 0, std: 0, min: 0, max: 0, integers: false };
      return { name, kind, physical, ...numbers, ...rest, ...ranked(this.#strings.distinct()), example: first };
    }
    const { first, ...rest } = this.#numbers.summary();
    const example = exampleOf(kind, first);
    return { name, kind, physical, ...rest, ...ranked(this.#numbers.distinct()), meanLength: 0, meanWords: 0, example };
  }

  getState(): { json: JsonObject; arrays: Record<Part, Float64Array> } {
    const numbers = this.#numbers.getState();
    const strings = this.#strings.getState();
    return {
      json: { ...strings.json, hash: this.hash },
      arrays: {
        numbers: numbers.numbers,
        values: numbers.values,
        counts: numbers.counts,
        strings: strings.numbers,
        stringCounts: strings.counts,
      },
    };
  }

  setState(json: JsonObject, array: (name: Part) => Float64Array): void {
    const { first, noNumber, values, hash } = json;
    if (
      typeof first !== "string" ||
      typeof noNumber !== "string" ||
      !Array.isArray(values) ||
      !Array.isArray(hash) ||
      hash.length !== 2
    )
      throw misfit();
    this.#numbers.setState({ numbers: array("numbers"), values: array("values"), counts: array("counts") });
    const kept = { first, noNumber, values: values as string[] };
    this.#strings.setState({ json: kept, numbers: array("strings"), counts: array("stringCounts") });
    this.#hash.state = hash as [number, number];
  }
}

/** Values by falling count, ties in ascending order: the same whatever order they arrived in. */
export function ranked<T extends string | number>(distinct: ReadonlyMap<T, number>): { values: T[]; counts: number[] } {
  const pairs = [...distinct].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return { values: pairs.map(([value]) => value), counts: pairs.map(([, count]) => count) };
}

/** The latest date that JavaScript can print. */
const LAST_DATE = 8.64e15;

function exampleOf(kind: string, value: number): string {
  if (Number.isNaN(value)) return "";
  if (kind === "boolean") return value === 0 ? "false" : "true";
  if (kind === "date" && Math.abs(value) <= LAST_DATE) return new Date(value).toISOString();
  return String(Math.fround(value) === value ? Number(value.toPrecision(7)) : value);
}

function misfit(): KaaykoError {
  return new KaaykoError({
    action: "restore the profile of a table",
    rule: "the state must be of a table with these columns",
    kind: "damaged",
  });
}
