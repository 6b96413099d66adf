/** What it means where a feature of a transaction is far higher, or far lower, than usual. */
const WORDS: Readonly<Record<string, { readonly high?: string; readonly low?: string }>> = {
  amount_against_account: {
    high: "The amount is far above what this account usually pays",
    low: "The amount is far below what this account usually pays",
  },
  amount_against_merchant: {
    high: "The amount is far above what this account usually pays here",
    low: "The amount is far below what this account usually pays here",
  },
  amount_against_everyone: {
    high: "The amount is far above what is usually paid to this merchant",
    low: "The amount is far below what is usually paid to this merchant",
  },
  log_amount: { high: "The amount is unusually large", low: "The amount is unusually small" },
  method_log_share: { low: "This account hardly ever pays this way" },
  hour_log_share: { low: "This account hardly ever pays at this time of day" },
  merchant_log_share: { low: "This account has hardly ever paid to this merchant" },
  everyone_log_share: { low: "Hardly anybody has paid to this merchant before" },
  log_hours_since_last: {
    low: "It comes very soon after the payment before",
    high: "The account was not used for long",
  },
  log_hours_since_merchant: {
    low: "It comes very soon after another payment to this merchant",
    high: "The account has not paid to this merchant for long",
  },
  log_hours_since_same_amount: { low: "The same amount was paid to the same merchant shortly before" },
  same_amount_rows: { high: "The same amount was paid to this merchant several times" },
  merchant_rhythm: {
    low: "It comes much sooner than payments to this merchant usually do",
    high: "It comes much later than payments to this merchant usually do",
  },
  rows_last_hour: { high: "There were unusually many payments within an hour" },
  rows_last_day: { high: "There were unusually many payments within a day" },
};

/** A feature that is far out, in words; undefined where there are none for it. */
export function transactionWords(feature: string, high: boolean): string | undefined {
  const words = Object.hasOwn(WORDS, feature) ? WORDS[feature] : undefined;
  return high ? words?.high : words?.low;
}
