import { KaaykoError, type TableSource } from "../../core/index.ts";
import { type ColumnMapping, mappedSource } from "../../data/index.ts";
import { ACCOUNT, AMOUNT, DATE, DESCRIPTION, METHOD, TYPE } from "../../features/index.ts";
import { CATEGORY } from "./draw-table.ts";

/** Other names of the columns, as banks and finance programs write them, in small letters with underscores. */
const NAMES: readonly (readonly [string, readonly string[]])[] = [
  [DATE, ["transaction_date", "booking_date", "posted_date", "timestamp", "datetime", "time"]],
  [TYPE, ["transaction_type", "income_expense", "income_or_expense", "direction"]],
  [DESCRIPTION, ["memo", "note", "notes", "details", "payee", "merchant_name", "transaction_description"]],
  [AMOUNT, ["value", "sum", "transaction_amount"]],
  [METHOD, ["method", "payment_mode", "mode", "payment_type", "paymentmethod"]],
  [CATEGORY, ["label", "transaction_category"]],
  [ACCOUNT, ["account_id", "account_name", "user_id", "customer_id", "iban"]],
];

/** Columns that an error lists at most. */
const MOST_NAMED = 12;

/** A table whose columns have other names, spelt or said another way, under the recipes' names. Others stay as they are. */
export async function adaptTransactions(source: TableSource): Promise<TableSource> {
  const names = (await source.describe()).columns.map(({ name }) => name);
  const known = new Map<string, string>();
  for (const [to, others] of NAMES) {
    if (names.includes(to)) continue;
    const from = [to, ...others].map((wanted) => names.find((name) => plain(name) === wanted && !known.has(name)));
    const found = from.find((name) => name !== undefined);
    if (found !== undefined) known.set(found, to);
  }
  if (known.size === 0) return source;
  return mappedSource(
    source,
    names.map((name): ColumnMapping => ({ from: name, to: known.get(name) ?? name })),
  );
}

/**
 * A table of payments under the recipes' names.
 *
 * @throws KaaykoError (input) where nothing says what was paid for nor which way, as in measurements of cards' payments
 */
export async function adaptPayments(source: TableSource): Promise<TableSource> {
  const adapted = await adaptTransactions(source);
  const names = (await adapted.describe()).columns.map(({ name }) => name);
  if (names.includes(TYPE) || names.includes(DESCRIPTION)) return adapted;
  throw new KaaykoError({
    action: `read ${source.path} as transactions`,
    rule: `a row must be a payment with ${DATE}, ${TYPE}, ${DESCRIPTION} and ${AMOUNT}`,
    got: names.slice(0, MOST_NAMED).join(", ") + (names.length > MOST_NAMED ? `, … (${names.length})` : ""),
    kind: "input",
    remedy:
      "A table of numbers needs no recipe: kaayko train --data FILE --target COLUMN learns from a column that says what was fraud, kaayko train --data FILE --task anomaly without one.",
  });
}

/** "Payment Method" and "paymentMethod" as payment_method. */
function plain(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z]+/g, "_")
    .replace(/^_|_$/g, "");
}
