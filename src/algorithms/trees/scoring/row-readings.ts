import type { TreeModel } from "../model.ts";
import type { CodeColumn } from "./code-columns.ts";

/** A value that is a feature's number. */
export interface NumberReading {
  readonly column: number;
  readonly to: number;
  /** Whether missing values go left. */
  readonly turned: boolean;
}

/** Values next to each other that say which of an entry's sets a category goes right in. */
export interface CategoryReading {
  readonly column: number;
  readonly to: number;
  readonly bins: Uint8Array;
  readonly width: number;
  /** `width` numbers for each bin. */
  readonly table: Uint8Array;
}

type Columns = Pick<TreeModel, "columns" | "binOfCode">;

/** How the values that trees ask of a row are made of its features; `to` counts from the one that is above nothing. */
export function readingsOf(
  model: Columns,
  codes: readonly CodeColumn[],
): { readonly numbers: readonly NumberReading[]; readonly categories: readonly CategoryReading[] } {
  return { numbers: numberReadings(model, codes), categories: categoryReadings(model, codes) };
}

function numberReadings({ columns }: Columns, codes: readonly CodeColumn[]): NumberReading[] {
  return codes.flatMap(({ form, entry }, i) =>
    form === "set" ? [] : [{ column: columns[entry]!, to: i + 1, turned: form === "turned" }],
  );
}

function categoryReadings({ columns, binOfCode }: Columns, codes: readonly CodeColumn[]): CategoryReading[] {
  const setsOf = new Map<number, { first: number; tables: Uint8Array[] }>();
  codes.forEach((code, i) => {
    if (code.form !== "set") return;
    const sets = setsOf.get(code.entry);
    if (sets === undefined) setsOf.set(code.entry, { first: i, tables: [code.table] });
    else sets.tables.push(code.table);
  });
  return [...setsOf].map(([entry, { first, tables }]) => {
    const width = tables.length;
    const table = new Uint8Array(width * tables[0]!.length);
    tables.forEach((set, k) => {
      set.forEach((right, bin) => {
        table[bin * width + k] = right;
      });
    });
    return { column: columns[entry]!, to: first + 1, bins: binOfCode[entry]!, width, table };
  });
}
