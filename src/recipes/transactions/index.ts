import type { Recipe, TableSource } from "../../core/index.ts";
import {
  ACCOUNT,
  AMOUNT,
  DATE,
  derivedSource,
  OWN_AMOUNT_FEATURES,
  TRANSACTION_FEATURES,
  transactionDeriver,
} from "../../features/index.ts";
import { adaptTransactions } from "./adapt.ts";
import { CATEGORY } from "./draw-table.ts";
import { createGenerator, ROWS } from "./generate.ts";

/** Share of training rows whose account is shown as unknown, because an app sends single transactions as well. */
const HIDDEN = 0.3;

const FACTS = { synthetic: true, rows: ROWS, features: TRANSACTION_FEATURES.length };

function withFeatures(source: TableSource): TableSource {
  return derivedSource(source, transactionDeriver, { hidden: HIDDEN, omit: [ACCOUNT] });
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
  derive: withFeatures,
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
  settings: { name: "transactions-amount", refit: "never" },
  ignore: [DATE, ...OWN_AMOUNT_FEATURES],
  adapt: adaptTransactions,
  derive: withFeatures,
  generate: createGenerator(null),
  facts: FACTS,
};
