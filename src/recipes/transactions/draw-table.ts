import type { Batch, Column, ColumnSchema } from "../../core/index.ts";
import { ACCOUNT, AMOUNT, DATE, DESCRIPTION, METHOD, TYPE } from "../../features/index.ts";
import { type Account, drawAccount } from "./draw-account.ts";
import { type DrawnTransaction, drawMonth, monthStart } from "./draw-month.ts";
import { drawOdd } from "./odd-transactions.ts";

export const CATEGORY = "category";
/** Columns of tables with odd rows: what is odd, and whether anything is. Only to judge by. */
export const ANOMALY = "is_anomaly";
export const ANOMALY_KIND = "anomaly_kind";

/** Months that a table spans, and rows that an account has in them. */
const MONTHS = 24;
const ROWS_A_MONTH = 50;

export interface DrawOptions {
  readonly rows: number;
  readonly seed: number;
  /** Share of rows that are odd; null for a table without the columns that say so. */
  readonly odd: number | null;
}

export function schemaOf(odd: number | null): ColumnSchema[] {
  const text = (name: string): ColumnSchema => ({ name, kind: "categorical", physical: "string" });
  return [
    { name: DATE, kind: "date", physical: "timestamp (ms)" },
    ...[ACCOUNT, TYPE, DESCRIPTION].map(text),
    { name: AMOUNT, kind: "numeric", physical: "double" },
    ...[METHOD, CATEGORY].map(text),
    ...(odd === null ? [] : [{ name: ANOMALY, kind: "boolean" as const, physical: "boolean" }, text(ANOMALY_KIND)]),
  ];
}

/** Transactions of many accounts in the order of time, a month at a time: the same for the same options. */
export function* drawTable({ rows, seed, odd }: DrawOptions): Generator<Batch> {
  const count = Math.max(1, Math.ceil(rows / (MONTHS * ROWS_A_MONTH)));
  const accounts = Array.from({ length: count }, (_, number) => drawAccount(seed, number));
  let left: DrawnTransaction[] = [];
  let firstRow = 0;
  for (let month = 0; firstRow < rows; month++) {
    const drawn = drawAll(seed, accounts, month, odd ?? 0);
    const all = [...left, ...drawn].sort(
      (a, b) => a.time - b.time || (a.account < b.account ? -1 : a.account > b.account ? 1 : 0),
    );
    // Rows that repeat a month later wait for it.
    const end = monthStart(month + 1);
    left = all.filter(({ time }) => time >= end);
    const own = all.slice(0, all.length - left.length).slice(0, rows - firstRow);
    yield batchOf(own, firstRow, odd !== null);
    firstRow += own.length;
  }
}

function drawAll(seed: number, accounts: readonly Account[], month: number, share: number): DrawnTransaction[] {
  const usual = accounts.flatMap((account, number) => drawMonth(seed, account, number, month));
  return share === 0 ? usual : [...usual, ...drawOdd(seed, month, usual, share)];
}

function batchOf(drawn: readonly DrawnTransaction[], firstRow: number, odd: boolean): Batch {
  const text = (name: string, of: (row: DrawnTransaction) => string | null): Column => {
    const known = new Map<string, number>();
    const codes = Uint32Array.from(drawn, (row) => {
      const value = of(row);
      if (value === null) return 0;
      if (!known.has(value)) known.set(value, known.size + 1);
      return known.get(value)!;
    });
    return { kind: "categorical", name, codes, dictionary: [...known.keys()] };
  };
  const columns: Column[] = [
    { kind: "date", name: DATE, values: Float64Array.from(drawn, ({ time }) => time) },
    text(ACCOUNT, ({ account }) => account),
    text(TYPE, ({ income }) => (income ? "income" : "expense")),
    text(DESCRIPTION, ({ description }) => description),
    { kind: "numeric", name: AMOUNT, values: Float64Array.from(drawn, ({ amount }) => amount) },
    text(METHOD, ({ method }) => method),
    text(CATEGORY, ({ category }) => category),
  ];
  if (odd) {
    columns.push({
      kind: "boolean",
      name: ANOMALY,
      values: Float64Array.from(drawn, ({ anomaly }) => (anomaly === null ? 0 : 1)),
    });
    columns.push(text(ANOMALY_KIND, ({ anomaly }) => anomaly));
  }
  return { firstRow, rows: drawn.length, columns };
}
