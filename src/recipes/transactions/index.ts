import type { Recipe, TableSource } from "../../core/index.ts";
import {
  ACCOUNT,
  AMOUNT,
  DATE,
  derivedSource,
  METHOD,
  OWN_AMOUNT_FEATURES,
  TRANSACTION_FEATURES,
  transactionDeriver,
} from "../../features/index.ts";
import { adaptTransactions } from "./adapt.ts";
import { CATEGORY } from "./draw-table.ts";
import { createGenerator, ROWS } from "./generate.ts";

/** Share of training rows whose account is shown as unknown; half as many are without what they may lack. Apps send single transactions. */
const HIDDEN = 0.3;

const FACTS = { synthetic: true, rows: ROWS, features: TRANSACTION_FEATURES.length };

function withFeatures(source: TableSource, blank: readonly string[]): TableSource {
  return derivedSource(source, transactionDeriver, { hidden: HIDDEN, omit: [ACCOUNT], blank });
}

/** What a transaction was for, from its text, amount, time and what its account did before. */
export const transactionsCategory: Recipe = {
  name: "transactions-category",
  title: "Transactions: category",
  description: "What a transaction was for: the categories of a personal budget",
  task: "multiclass",
  target: CATEGORY,
  algorithms: ["text-linear", "hist-gradient", "baseline"],
  settings: { name: "transactions-category", refit: "never" },
  ignore: [DATE],
  adapt: adaptTransactions,
  derive: (source) => withFeatures(source, [METHOD]),
  generate: createGenerator(null),
  facts: FACTS,
};

/** What a transaction will cost or bring, before it is known. */
export const transactionsAmount: Recipe = {
  name: "transactions-amount",
  title: "Transactions: amount",
  description: "What a transaction will cost or bring, with an interval",
  task: "regression",
  target: AMOUNT,
  algorithms: ["hist-gradient", "xgboost", "baseline"],
  settings: { name: "transactions-amount", refit: "never", interval: 0.9, intervalBy: "rows_last_month" },
  ignore: [DATE, ...OWN_AMOUNT_FEATURES],
  adapt: adaptTransactions,
  derive: (source) => withFeatures(source, [METHOD, CATEGORY]),
  generate: createGenerator(null),
  facts: FACTS,
};
