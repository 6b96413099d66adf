import { type Column, columnNamed, isStringColumn } from "../../core/index.ts";
import type { EncodableRows } from "../encode.ts";

/** Columns of personal finance. An account is absent where all rows are of one. */
export const DATE = "date";
export const TYPE = "type";
export const DESCRIPTION = "description";
export const AMOUNT = "amount";
export const METHOD = "payment_method";
export const ACCOUNT = "account";

/** One row; a text that is missing is empty, a number that is missing NaN. */
export interface Transaction {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  readonly income: boolean;
  readonly description: string;
  readonly amount: number;
  readonly method: string;
  readonly account: string;
}

const INCOME = /^(?:income|credit|in|deposit|\+)$/i;

/** The rows of a batch, one after the other. Columns that are not there are missing in every row. */
export function* transactionsIn({ rows, columns }: EncodableRows): Generator<Transaction> {
  const text = (name: string) => textOf(columnNamed(columns, name));
  const number = (name: string) => numberOf(columnNamed(columns, name));
  const [time, amount] = [number(DATE), number(AMOUNT)];
  const [type, description, method, account] = [text(TYPE), text(DESCRIPTION), text(METHOD), text(ACCOUNT)];
  for (let row = 0; row < rows; row++)
    yield {
      time: time(row),
      income: INCOME.test(type(row)),
      description: description(row),
      amount: amount(row),
      method: method(row).toLowerCase(),
      account: account(row),
    };
}

function textOf(column: Column | undefined): (row: number) => string {
  if (column === undefined || !isStringColumn(column)) return () => "";
  const { codes, dictionary } = column;
  return (row) => (codes[row] === 0 ? "" : dictionary[codes[row]! - 1]!);
}

function numberOf(column: Column | undefined): (row: number) => number {
  if (column === undefined || isStringColumn(column)) return () => Number.NaN;
  return (row) => column.values[row]!;
}
