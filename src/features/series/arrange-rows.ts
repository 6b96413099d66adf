import { type Column, columnNamed, isStringColumn, KaaykoError, type NumberColumn } from "../../core/index.ts";
import { arrangeSeries, type SeriesTable } from "../../data/index.ts";
import { holidaysOf } from "./holidays.ts";
import type { SeriesPlan } from "./series-plan.ts";

/** Rows as series, with the days that are holidays. */
export interface SeriesRows {
  readonly table: SeriesTable;
  readonly holidays: ReadonlySet<number> | null;
}

/** What must be known of a plan before rows can be arranged. */
export type ArrangePlan = Pick<SeriesPlan, "target" | "time" | "group" | "others" | "holiday"> & {
  readonly interval?: number;
};

/**
 * Arranges the rows of a table by a plan.
 *
 * @throws KaaykoError (input) for a column that is gone or holds no numbers, or times that are none
 */
export function arrangeRows(plan: ArrangePlan, columns: readonly Column[]): SeriesRows {
  const find = (name: string): Column => {
    const column = columnNamed(columns, name);
    if (column !== undefined) return column;
    throw new KaaykoError({
      action: "arrange the rows as series",
      rule: `there must be a column ${JSON.stringify(name)}`,
      got: columns.map(({ name: other }) => other).join(", "),
      kind: "input",
    });
  };
  const time = find(plan.time);
  const table = arrangeSeries({
    time,
    group: plan.group === null ? null : find(plan.group),
    channels: [plan.target, ...plan.others].map((name) => numbersOf(find(name))),
    ...(plan.interval === undefined ? {} : { interval: plan.interval }),
  });
  return { table, holidays: plan.holiday === null ? null : holidaysOf(find(plan.holiday), time) };
}

function numbersOf(column: Column): NumberColumn {
  if (!isStringColumn(column)) return column;
  // A column without any value is read as strings.
  if (column.codes.every((code) => code === 0))
    return { kind: "numeric", name: column.name, values: new Float64Array(column.codes.length).fill(Number.NaN) };
  throw new KaaykoError({
    action: `use column ${JSON.stringify(column.name)} of a series`,
    rule: "it must hold numbers",
    got: "text",
    remedy: "Clean the column, or leave it out with --ignore.",
    kind: "input",
  });
}
