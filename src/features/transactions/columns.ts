import type { ColumnSchema } from "../../core/index.ts";
import { ACCOUNT_FEATURES } from "./account-history.ts";
import { AMOUNT_FEATURES } from "./amount-features.ts";
import { CALENDAR_FEATURES } from "./calendar-features.ts";
import { DESCRIPTION_FEATURES } from "./description-features.ts";
import { EVERYONE_FEATURES } from "./everyone.ts";
import { MERCHANT_FEATURES } from "./merchant-history.ts";

/** The merchant behind a description: categories. */
export const MERCHANT = "merchant";

/** Features that are numbers, in the order in which they are made. */
export const NUMBER_FEATURES: readonly string[] = [
  ...CALENDAR_FEATURES,
  ...DESCRIPTION_FEATURES,
  ...AMOUNT_FEATURES,
  ...ACCOUNT_FEATURES,
  ...MERCHANT_FEATURES,
  ...EVERYONE_FEATURES,
];

/** Features that look at the amount of their own row: of no use, and not allowed, where it is to be predicted. */
export const OWN_AMOUNT_FEATURES: readonly string[] = [
  ...AMOUNT_FEATURES,
  ...[...ACCOUNT_FEATURES, ...MERCHANT_FEATURES, ...EVERYONE_FEATURES].filter(
    (name) => name.startsWith("amount_against") || name.includes("same_amount"),
  ),
];

/** The columns that are made of a transaction: 52. */
export const TRANSACTION_FEATURES: readonly ColumnSchema[] = [
  { name: MERCHANT, kind: "categorical", physical: "made of the description" },
  ...NUMBER_FEATURES.map(
    (name): ColumnSchema => ({ name, kind: "numeric", physical: "made of the transactions so far" }),
  ),
];
