import { log } from "../../core/index.ts";
import { centsOf, logAmount } from "./amount-features.ts";
import { addValue, type Moments, meanOf, newMoments, scoreOf, spreadOf } from "./moments.ts";
import type { Transaction } from "./transaction-rows.ts";

export const MERCHANT_FEATURES = [
  "merchant_rows",
  "merchant_days_since",
  "merchant_rhythm",
  "merchant_mean_log",
  "merchant_std_log",
  "amount_against_merchant",
  "same_amount_rows",
  "hours_since_same_amount",
] as const;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Payments whose amounts are remembered. */
const REMEMBERED = 8;

/** What an account paid to a merchant, or got from it, before a row. */
export class MerchantHistory {
  readonly #amounts: Moments = newMoments();
  #rows = 0;
  #first = Number.NaN;
  #last = Number.NaN;
  #recent: { readonly cents: number; readonly time: number }[] = [];

  /** In the order of `MERCHANT_FEATURES`; NaN but for the numbers of rows where there are none before. */
  features({ time, amount }: Transaction): number[] {
    if (this.#rows === 0) return NO_MERCHANT;
    const gap = (this.#last - this.#first) / Math.max(1, this.#rows - 1);
    const since = time - this.#last;
    const same = Number.isFinite(amount) ? this.#recent.filter(({ cents }) => cents === centsOf(amount)) : [];
    return [
      this.#rows,
      since / DAY,
      // How much later (over 0) or sooner than usual, as a logarithm.
      this.#rows < 2 ? Number.NaN : log((since + HOUR) / (gap + HOUR)),
      meanOf(this.#amounts),
      spreadOf(this.#amounts),
      scoreOf(this.#amounts, logAmount(amount)),
      Number.isFinite(amount) ? same.length : Number.NaN,
      same.length === 0 ? Number.NaN : (time - same.at(-1)!.time) / HOUR,
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

const NO_MERCHANT: number[] = MERCHANT_FEATURES.map((name) => (name === "merchant_rows" ? 0 : Number.NaN));
