import { log } from "../../core/index.ts";

export const AMOUNT_FEATURES = [
  "log_amount",
  "amount_cents",
  "is_round_amount",
  "is_whole_amount",
  "leading_digit",
] as const;

/** The logarithm of one more than an amount, whatever its sign; NaN where it is missing or infinite. */
export function logAmount(amount: number): number {
  return Number.isFinite(amount) ? log(1 + Math.abs(amount)) : Number.NaN;
}

/** What an amount looks like, in the order of `AMOUNT_FEATURES`. */
export function amountFeatures(amount: number): number[] {
  if (!Number.isFinite(amount)) return AMOUNT_FEATURES.map(() => Number.NaN);
  const cents = centsOf(amount);
  const digits = String(cents).replace(/^0+/, "");
  return [
    logAmount(amount),
    cents % 100,
    cents > 0 && cents % 1000 === 0 ? 1 : 0,
    cents % 100 === 0 ? 1 : 0,
    digits === "" ? 0 : Number(digits[0]),
  ];
}

/** Hundredths of the currency's unit, rounded: two amounts are the same where these are. */
export function centsOf(amount: number): number {
  return Math.round(Math.abs(amount) * 100);
}
