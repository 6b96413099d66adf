import { log } from "../../core/index.ts";
import { centsOf, logAmount } from "./amount-features.ts";
import { logHours, logShare } from "./log-scales.ts";
import { addValue, type Moments, meanOf, newMoments, scoreOf, spreadOf } from "./moments.ts";
import type { Transaction } from "./transaction-rows.ts";

export const MERCHANT_FEATURES = [
  "merchant_log_share",
  "log_hours_since_merchant",
  "merchant_rhythm",
  "merchant_mean_log",
  "merchant_std_log",
  "amount_against_merchant",
  "same_amount_rows",
  "log_hours_since_same_amount",
] as const;

const HOUR = 3_600_000;
/** Payments whose amounts are remembered. */
const REMEMBERED = 8;

/** What an account paid to a merchant, or got from it, before a row. */
export class MerchantHistory {
  readonly #amounts: Moments = newMoments();
  #rows = 0;
  #first = Number.NaN;
  #last = Number.NaN;
  #recent: { readonly cents: number; readonly time: number }[] = [];

  /**
   * In the order of `MERCHANT_FEATURES`; NaN but for the share where there are no rows of the merchant before, and throughout where
   * there are none of the account.
   *
   * @param of rows of the account before
   */
  features({ time, amount }: Transaction, of: number): number[] {
    if (of === 0) return MERCHANT_FEATURES.map(() => Number.NaN);
    if (this.#rows === 0) return MERCHANT_FEATURES.map((_, i) => (i === 0 ? logShare(0, of) : Number.NaN));
    const gap = (this.#last - this.#first) / Math.max(1, this.#rows - 1);
    const since = time - this.#last;
    const same = Number.isFinite(amount) ? this.#recent.filter(({ cents }) => cents === centsOf(amount)) : [];
    return [
      logShare(this.#rows, of),
      logHours(since),
      // How much later (over 0) or sooner than usual, as a logarithm.
      this.#rows < 2 ? Number.NaN : log((since + HOUR) / (gap + HOUR)),
      meanOf(this.#amounts),
      spreadOf(this.#amounts),
      scoreOf(this.#amounts, logAmount(amount)),
      Number.isFinite(amount) ? same.length : Number.NaN,
      same.length === 0 ? Number.NaN : logHours(time - same.at(-1)!.time),
    ];
  }

  add({ time, amount }: Transaction): void {
    if (this.#rows === 0) this.#first = time;
    this.#rows++;
    this.#last = time;
    addValue(this.#amounts, logAmount(amount));
    if (!Number.isFinite(amount)) return;
    this.#recent.push({ cents: centsOf(amount), time });
    if (this.#recent.length > REMEMBERED) this.#recent.shift();
  }
}
