import { type Column, columnNamed, isStringColumn, KaaykoError, type NumberColumn } from "../../core/index.ts";
import { arrangeSeries, type SeriesTable } from "../../data/index.ts";
import { holidaysOf } from "./holidays.ts";
import { withNeighbours } from "./neighbours/with-neighbours.ts";
import { withinLimits } from "./reading-limits.ts";
import type { SeriesPlan, SeriesTexts } from "./series-plan.ts";

/** Rows as series, with the days that are holidays. */
export interface SeriesRows {
  readonly table: SeriesTable;
  readonly holidays: ReadonlySet<number> | null;
}

/** What must be known of a plan before rows can be arranged. */
export type ArrangePlan = Pick<
  SeriesPlan,
  "target" | "time" | "group" | "others" | "texts" | "holiday" | "zeroIsMissing" | "limits"
> &
  Partial<Pick<SeriesPlan, "interval" | "names" | "neighbours">>;

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
    channels: [
      plan.zeroIsMissing === true ? withoutZeros(numbersOf(find(plan.target))) : numbersOf(find(plan.target)),
      ...plan.others.map((name) => limited(numbersOf(find(name)), plan)),
      ...(plan.texts ?? []).flatMap((texts) => indicatorsOf(find(texts.column), texts)),
    ],
    ...(plan.interval === undefined ? {} : { interval: plan.interval }),
  });
  const seen = withNeighbours(table, { ...plan, names: plan.names ?? [] });
  return { table: seen, holidays: plan.holiday === null ? null : holidaysOf(find(plan.holiday), time) };
}

function withoutZeros(column: NumberColumn): NumberColumn {
  return { ...column, values: column.values.map((value) => (value === 0 ? Number.NaN : value)) };
}

function limited(column: NumberColumn, { limits = [] }: ArrangePlan): NumberColumn {
  const own = limits.find((one) => one.column === column.name);
  return own === undefined ? column : withinLimits(column, own);
}

/** A column for each text: 1 where a row has it, 0 where it has another, missing where it has none. */
function indicatorsOf(column: Column, { column: name, values }: SeriesTexts): NumberColumn[] {
  // A column without any value may be read as numbers.
  if (!isStringColumn(column)) return values.map((value) => absent(`${name} = ${value}`, column.values.length));
  return values.map((value) => {
    const code = column.dictionary.indexOf(value) + 1;
    const numbers = Float32Array.from(column.codes, (own) => (own === 0 ? Number.NaN : own === code ? 1 : 0));
    return { kind: "numeric", name: `${name} = ${value}`, values: numbers };
  });
}

function absent(name: string, rows: number): NumberColumn {
  return { kind: "numeric", name, values: new Float64Array(rows).fill(Number.NaN) };
}

function numbersOf(column: Column): NumberColumn {
  if (!isStringColumn(column)) return column;
  // A column without any value is read as strings.
  if (column.codes.every((code) => code === 0)) return absent(column.name, column.codes.length);
  const text = column.dictionary.find((cell) => !Number.isFinite(Number(cell))) ?? column.dictionary[0]!;
  const rows = column.codes.filter((code) => code > 0 && column.dictionary[code - 1] === text).length;
  throw new KaaykoError({
    action: `use column ${JSON.stringify(column.name)} of a series`,
    rule: "it must hold numbers",
    got: `text such as ${JSON.stringify(text)} in ${rows} of ${column.codes.length} rows`,
    remedy: "Leave such cells empty; a column that is not needed can be left out with --ignore.",
    kind: "input",
  });
}
