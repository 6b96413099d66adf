import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnNamed, type NumberColumn, randomStream, type Table } from "../../../src/core/index.ts";
import { memorySource } from "../../../src/data/index.ts";
import { derivedSource, TRANSACTION_FEATURES, transactionDeriver } from "../../../src/features/index.ts";
import { derivedTable, featuresOf, reordered, transactionTable } from "./tables.ts";

const TABLE = transactionTable(900);
const ALL = derivedTable(TABLE);

function rowsOf(table: Table): string[] {
  return Array.from({ length: table.rows }, (_, row) => featuresOf(table, row));
}

async function read(table: Table, batchRows?: number): Promise<Table> {
  const reader = await derivedSource(memorySource(table), transactionDeriver).open(
    batchRows === undefined ? { retain: true } : { batchRows },
  );
  if (batchRows === undefined) {
    while ((await reader.next()) !== null);
    return reader.table();
  }
  const features: string[] = [];
  for (let batch = await reader.next(); batch !== null; batch = await reader.next())
    for (let row = 0; row < batch.rows; row++) features.push(featuresOf(batch, row));
  expect(features).toEqual(rowsOf(ALL));
  return ALL;
}

/** The table with every row from `from` on changed beyond recognition. */
function withOtherFuture(from: number, seed: number): Table {
  const random = randomStream(seed, "future");
  const order = Array.from({ length: TABLE.rows - from }, (_, i) => from + i);
  random.shuffle(order);
  const shuffled = reordered(TABLE, [...Array(from).keys(), ...order]);
  const changed = shuffled.columns.map((column) => {
    if (column.name !== "amount" && column.name !== "date") return column;
    const values = (column as NumberColumn).values.slice();
    const last = column.name === "date" ? values[from - 1]! : 0;
    for (let row = from; row < values.length; row++) values[row] = last + 1e6 * random.float();
    return { ...column, values } as NumberColumn;
  });
  return { rows: TABLE.rows, columns: changed };
}

describe("the 52 features of transactions", () => {
  it("are 52, with names of their own, and each says something", () => {
    expect(TRANSACTION_FEATURES).toHaveLength(52);
    expect(new Set(TRANSACTION_FEATURES.map(({ name }) => name)).size).toBe(52);
    for (const { name, kind } of TRANSACTION_FEATURES) {
      const column = columnNamed(ALL.columns, name)!;
      const seen = new Set("codes" in column ? column.codes : column.values.filter((value) => !Number.isNaN(value)));
      expect(seen.size, `${name} (${kind})`).toBeGreaterThan(1);
    }
  });

  it("know nothing of the future, whatever it holds", () => {
    const before = rowsOf(ALL);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: TABLE.rows - 2 }), fc.nat(), (from, seed) => {
        const other = derivedTable(withOtherFuture(from, seed));
        for (let row = 0; row < from; row++) if (featuresOf(other, row) !== before[row]) return false;
        return true;
      }),
      { numRuns: 8 },
    );
  });

  it("see rows of the same moment that stand before theirs, and no others", () => {
    const same = reordered(TABLE, [0, 0, 0]);
    const rows = columnNamed(derivedTable(same).columns, "account_rows") as NumberColumn;
    expect([...rows.values]).toEqual([0, 1, 2]);
  });

  it("are the same batch by batch as at once, and in a table out of order", async () => {
    for (const batchRows of [1, 7, 512]) await read(TABLE, batchRows);
    const order = [...Array(TABLE.rows).keys()];
    randomStream(3, "order").shuffle(order);
    // Of rows of one moment the order decides: here each has a moment of its own.
    const moments = (columnNamed(TABLE.columns, "date") as NumberColumn).values.map((time, row) => time + row);
    const apart = TABLE.columns.map((column) =>
      column.name === "date" ? ({ ...column, values: moments } as NumberColumn) : column,
    );
    const table = { rows: TABLE.rows, columns: apart };
    const expected = rowsOf(derivedTable(table));
    const shuffled = await read(reordered(table, order));
    expect(rowsOf(shuffled)).toEqual(order.map((row) => expected[row]));
  });

  it("go on after a seek as if nothing had been", async () => {
    const open = () => derivedSource(memorySource(TABLE), transactionDeriver).open({ batchRows: 100 });
    const first = await open();
    for (let i = 0; i < 5; i++) await first.next();
    const position = first.position();
    const second = await open();
    await second.seek(position);
    const [a, b] = [(await first.next())!, (await second.next())!];
    expect(b.firstRow).toBe(500);
    for (let row = 0; row < 100; row++) expect(featuresOf(b, row)).toBe(featuresOf(a, row));
  });

  it("of a row that comes alone say nothing of its account, and remember merchants", () => {
    const rows = transactionDeriver.start();
    rows.next(TABLE, (row) => row);
    const later = transactionDeriver.start({ state: rows.state() });
    const columns = later.alone(TABLE);
    const number = (name: string) => (columnNamed(columns, name) as NumberColumn).values;
    expect(number("account_rows").every((value) => value === 0)).toBe(true);
    expect(number("spent_last_week").every(Number.isNaN)).toBe(true);
    expect(number("everyone_log_share").every((value) => value > Math.log(0.9 / TABLE.rows))).toBe(true);
    expect(later.alone(TABLE)).toEqual(columns);
    expect(() => transactionDeriver.start({ state: { merchants: ["x"], rows: [], means: [], squares: [] } })).toThrow(
      /merchants/,
    );
  });

  it("are the numbers that they are called", () => {
    const at = (name: string, row: number) => (columnNamed(ALL.columns, name) as NumberColumn).values[row]!;
    const account = (row: number) => featureText(row, "account");
    const times = (columnNamed(TABLE.columns, "date") as NumberColumn).values;
    const amounts = (columnNamed(TABLE.columns, "amount") as NumberColumn).values;
    for (const row of [200, 500, 899]) {
      const before = [...Array(row).keys()].filter((i) => account(i) === account(row));
      const week = before.filter((i) => times[i]! > times[row]! - 7 * 86_400_000);
      const spent = week.filter((i) => featureText(i, "type") === "expense").reduce((sum, i) => sum + amounts[i]!, 0);
      expect(at("account_rows", row)).toBe(before.length);
      expect(at("rows_last_week", row)).toBe(week.length);
      expect(at("spent_last_week", row)).toBeCloseTo(spent, 1);
      const hours = (times[row]! - times[before.at(-1)!]!) / 3_600_000;
      expect(at("log_hours_since_last", row)).toBeCloseTo(Math.log(hours + 1 / 60), 3);
      expect(at("day_of_month", row)).toBe(new Date(times[row]!).getUTCDate());
    }
  });
});

function featureText(row: number, name: string): string {
  const column = columnNamed(TABLE.columns, name)!;
  return "codes" in column ? (column.dictionary[column.codes[row]! - 1] ?? "") : String(column.values[row]);
}
