import type { Column, JsonObject } from "../../core/index.ts";
import type { DeriveOptions, Deriver, RowDeriver } from "../derive/deriver.ts";
import { isHidden } from "../derive/hidden-rows.ts";
import type { EncodableRows } from "../encode.ts";
import { AccountHistory } from "./account-history.ts";
import { amountFeatures } from "./amount-features.ts";
import { calendarFeatures } from "./calendar-features.ts";
import { MERCHANT, NUMBER_FEATURES, TRANSACTION_FEATURES } from "./columns.ts";
import { type DescriptionFacts, describeText } from "./description-features.ts";
import { Everyone } from "./everyone.ts";
import { MerchantHistory } from "./merchant-history.ts";
import {
  ACCOUNT,
  AMOUNT,
  DATE,
  DESCRIPTION,
  METHOD,
  type Transaction,
  TYPE,
  transactionsIn,
} from "./transaction-rows.ts";
import { transactionWords } from "./words.ts";

/**
 * Makes 52 features of transactions: the calendar, the text of the description, the amount, and how the account behaved before. Only
 * rows before a row count, by date and, where dates are the same, by the order of the table. An account without rows before is
 * unknown: what they would say is missing.
 */
export const transactionDeriver: Deriver = {
  name: "transactions",
  version: 1,
  inputs: [
    { name: DATE, kind: "date", needed: true },
    { name: TYPE, kind: "categorical", needed: true },
    { name: DESCRIPTION, kind: "text", needed: true },
    { name: AMOUNT, kind: "numeric", needed: false },
    { name: METHOD, kind: "categorical", needed: false },
    { name: ACCOUNT, kind: "categorical", needed: false },
  ],
  outputs: TRANSACTION_FEATURES,
  order: DATE,
  words: transactionWords,
  start: (options) => new TransactionRows(options),
};

/** Descriptions that are remembered; beyond, they are forgotten and looked at again. */
const MAX_DESCRIPTIONS = 100_000;

/** What is known of one account. */
interface Account {
  readonly history: AccountHistory;
  readonly merchants: Map<string, MerchantHistory>;
}

class TransactionRows implements RowDeriver {
  readonly #hidden: number;
  readonly #accounts = new Map<string, Account>();
  readonly #everyone: Everyone;
  readonly #descriptions = new Map<string, DescriptionFacts>();
  #merchants: string[] = [];
  #codes = new Map<string, number>();

  constructor({ state, hidden = 0 }: DeriveOptions = {}) {
    this.#hidden = hidden;
    this.#everyone = state === undefined ? new Everyone() : Everyone.fromJson(state);
  }

  next(rows: EncodableRows, numberOf: (row: number) => number): Column[] {
    return this.#derive(rows, (transaction, merchant, row) => {
      const account = this.#accountOf(transaction.account);
      const shown = isHidden(numberOf(row), this.#hidden) ? UNKNOWN : account;
      const features = this.#features(transaction, merchant, shown);
      this.#add(transaction, merchant, account);
      return features;
    });
  }

  alone(rows: EncodableRows): Column[] {
    if (this.#codes.size >= MAX_DESCRIPTIONS) [this.#merchants, this.#codes] = [[], new Map()];
    return this.#derive(rows, (transaction, merchant) => this.#features(transaction, merchant, UNKNOWN));
  }

  state(): JsonObject {
    return this.#everyone.toJson();
  }

  #derive(
    rows: EncodableRows,
    featuresOf: (transaction: Transaction, merchant: string, row: number) => readonly number[],
  ): Column[] {
    const values = NUMBER_FEATURES.map(() => new Float32Array(rows.rows));
    const codes = new Uint32Array(rows.rows);
    let row = 0;
    for (const transaction of transactionsIn(rows)) {
      const { measures, merchant } = this.#describe(transaction.description);
      codes[row] = this.#codeOf(merchant);
      const others = featuresOf(transaction, merchant, row);
      const all = [
        ...calendarFeatures(transaction.time),
        ...measures,
        ...amountFeatures(transaction.amount),
        ...others,
      ];
      for (let i = 0; i < values.length; i++) values[i]![row] = all[i]!;
      row++;
    }
    return [
      { kind: "categorical", name: MERCHANT, codes, dictionary: this.#merchants },
      ...NUMBER_FEATURES.map((name, i): Column => ({ kind: "numeric", name, values: values[i]! })),
    ];
  }

  #features(transaction: Transaction, merchant: string, { history, merchants }: Account): number[] {
    return [
      ...history.features(transaction),
      ...(merchants.get(merchant) ?? NO_MERCHANT).features(transaction, history.rows),
      ...this.#everyone.features(merchant, transaction.amount),
    ];
  }

  /** Nothing lies after a row without a time. */
  #add(transaction: Transaction, merchant: string, { history, merchants }: Account): void {
    if (Number.isNaN(transaction.time)) return;
    history.add(transaction);
    this.#everyone.add(merchant, transaction.amount);
    let known = merchants.get(merchant);
    if (known === undefined) {
      known = new MerchantHistory();
      merchants.set(merchant, known);
    }
    known.add(transaction);
  }

  #accountOf(name: string): Account {
    let account = this.#accounts.get(name);
    if (account === undefined) {
      account = { history: new AccountHistory(), merchants: new Map() };
      this.#accounts.set(name, account);
    }
    return account;
  }

  #describe(description: string): DescriptionFacts {
    let facts = this.#descriptions.get(description);
    if (facts === undefined) {
      if (this.#descriptions.size >= MAX_DESCRIPTIONS) this.#descriptions.clear();
      facts = describeText(description);
      this.#descriptions.set(description, facts);
    }
    return facts;
  }

  /** 0 for no merchant. */
  #codeOf(merchant: string): number {
    if (merchant === "") return 0;
    const known = this.#codes.get(merchant);
    if (known !== undefined) return known;
    const code = this.#merchants.push(merchant);
    this.#codes.set(merchant, code);
    return code;
  }
}

/** Nothing is ever added to these. */
const UNKNOWN: Account = { history: new AccountHistory(), merchants: new Map() };
const NO_MERCHANT = new MerchantHistory();
