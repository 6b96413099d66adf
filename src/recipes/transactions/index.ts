import type { Recipe, TableSource } from "../../core/index.ts";
import {
  ACCOUNT,
  AMOUNT,
  DATE,
  DAY_NUMBER,
  DESCRIPTION,
  dayDeriver,
  derivedSource,
  METHOD,
  OWN_AMOUNT_FEATURES,
  TRANSACTION_FEATURES,
  TYPE,
  transactionDeriver,
} from "../../features/index.ts";
import { adaptPayments } from "./adapt.ts";
import { adaptDaily, NET_FLOW } from "./daily-source.ts";
import { ANOMALY, ANOMALY_KIND, CATEGORY } from "./draw-table.ts";
import { createGenerator, ODD_SHARE, ROWS } from "./generate.ts";
import { ODD_KINDS } from "./odd-transactions.ts";

/** Share of training rows whose account is shown as unknown; half as many are without what they may lack. Apps send single transactions. */
const HIDDEN = 0.3;

const FACTS = { synthetic: true, rows: ROWS, features: TRANSACTION_FEATURES.length };

function withFeatures(source: TableSource, blank: readonly string[]): TableSource {
  return derivedSource(source, transactionDeriver, { hidden: HIDDEN, omit: [ACCOUNT], blank });
}

/** Features that say how a transaction differs from what was before. What merely describes it is as odd as anything. */
const BEHAVIOUR: ReadonlySet<string> = new Set([
  "log_amount",
  "log_hours_since_last",
  "rows_last_hour",
  "rows_last_day",
  "amount_against_account",
  "method_log_share",
  "hour_log_share",
  "merchant_log_share",
  "log_hours_since_merchant",
  "merchant_rhythm",
  "amount_against_merchant",
  "same_amount_rows",
  "log_hours_since_same_amount",
  "everyone_log_share",
  "amount_against_everyone",
]);

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
  adapt: adaptPayments,
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
  adapt: adaptPayments,
  derive: (source) => withFeatures(source, [METHOD, CATEGORY]),
  generate: createGenerator(null),
  facts: FACTS,
};

/** Transactions that are unlike what their account, and all accounts, did before; learns without labels, which only judge. */
export const transactionsAnomaly: Recipe = {
  name: "transactions-anomaly",
  title: "Transactions: anomalies",
  description: "Transactions that should be looked at, with reasons; learns without labels",
  task: "anomaly",
  target: ANOMALY,
  algorithms: ["isolation-tails", "isolation-forest", "tail-probability"],
  settings: { name: "transactions-anomaly" },
  ignore: [DATE, ...TRANSACTION_FEATURES.map(({ name }) => name).filter((name) => !BEHAVIOUR.has(name))],
  adapt: adaptPayments,
  derive: (source) =>
    derivedSource(source, transactionDeriver, {
      omit: [ACCOUNT, TYPE, DESCRIPTION, AMOUNT, METHOD, CATEGORY, ANOMALY_KIND],
    }),
  generate: createGenerator(ODD_SHARE),
  facts: { ...FACTS, oddShare: ODD_SHARE, oddKinds: [...ODD_KINDS] },
};

/** What comes in less what goes out, day by day, for the days ahead. */
export const transactionsCashflow: Recipe = {
  name: "transactions-cashflow",
  title: "Transactions: cash flow",
  description: "What comes in less what goes out on each of the days ahead, with bands of any level, and by season",
  task: "regression",
  target: NET_FLOW,
  algorithms: ["ridge", "baseline"],
  // The last days judge: what is said of days ahead was measured on days ahead.
  settings: { name: "transactions-cashflow", time: DAY_NUMBER, split: "time", interval: 0.95, validationSize: 0.2 },
  ignore: [],
  adapt: adaptDaily,
  derive: (source) => derivedSource(source, dayDeriver, { omit: [DATE] }),
  generate: createGenerator(null),
  facts: { synthetic: true, rows: ROWS },
};
