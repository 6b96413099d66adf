import type { ColumnKind } from "../../core/index.ts";
import type { NumberLook } from "./number-look.ts";

/** What the rows that were read say about a column. Plain data. */
export interface ColumnProfile {
  readonly name: string;
  readonly kind: ColumnKind;
  /** How the source stores it, for a person. */
  readonly physical: string;
  readonly rows: number;
  readonly missing: number;
  /** Infinite numbers; they count neither as missing nor in the statistics. */
  readonly infinite: number;
  /** Over the finite numbers; 0 for strings and where there are none. Standard deviation is the population's. */
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  /** True where every finite number is whole (and there is one). */
  readonly integers: boolean;
  /** Distinct values that are not missing; null where there are more than were counted (`MAX_DISTINCT`). */
  readonly distinct: number | null;
  /** The distinct values, most frequent first, ties in ascending order; empty where `distinct` is null. */
  readonly values: readonly (string | number)[];
  /** How often each of `values` occurs. */
  readonly counts: readonly number[];
  /** UTF-16 units and words (runs without white space) of a string on average; 0 for numbers. */
  readonly meanLength: number;
  readonly meanWords: number;
  /** How many strings look like numbers of each sort, and the first that does not; absent for numbers. */
  readonly looks?: Readonly<Record<NumberLook, number>>;
  readonly noNumber?: string;
  /** The first value that is not missing, at most 40 characters of it; empty where there is none. */
  readonly example: string;
}

/** What the rows that were read say about a table. Plain data. */
export interface TableProfile {
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
  /**
   * 64 hex digits over the schema (names and kinds) and every value in row order: the same for any path, compression,
   * layout, thread count and batch size. Tells data apart by accident; it does not withstand an attacker.
   */
  readonly fingerprint: string;
}

/** Distinct values counted in a column: categories have names to keep, numbers only matter where they are few. */
export const MAX_DISTINCT = { strings: 65_536, numbers: 1024 } as const;

/** The profile of that column, or undefined. */
export function profileOf(profile: TableProfile, name: string): ColumnProfile | undefined {
  return profile.columns.find((column) => column.name === name);
}

/** The kinds of a profile's columns, to read another file as the same table. */
export function kindsOf(profile: TableProfile): Record<string, ColumnKind> {
  return Object.fromEntries(profile.columns.map(({ name, kind }) => [name, kind]));
}
