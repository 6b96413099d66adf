import { logAmount } from "./amount-features.ts";
import { logHours, logShare } from "./log-scales.ts";
import { addValue, type Moments, meanOf, newMoments, scoreOf, spreadOf } from "./moments.ts";
import { RecentWindow } from "./recent-window.ts";
import type { Transaction } from "./transaction-rows.ts";

export const ACCOUNT_FEATURES = [
  "account_rows",
  "log_hours_since_last",
  "rows_last_hour",
  "rows_last_day",
  "rows_last_week",
  "rows_last_month",
  "spent_last_week",
  "spent_last_month",
  "income_last_month",
  "account_mean_log",
  "account_std_log",
  "amount_against_account",
  "method_log_share",
  "hour_log_share",
] as const;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Hours of a part of the day. */
const PART = 4;

/** What is known of an account before a row. */
export class AccountHistory {
  #rows = 0;
  #last = Number.NaN;
  readonly #hour = new RecentWindow(HOUR);
  readonly #day = new RecentWindow(DAY);
  readonly #spentInWeek = new RecentWindow(7 * DAY);
  readonly #spentInMonth = new RecentWindow(30 * DAY);
  readonly #earnedInMonth = new RecentWindow(30 * DAY);
  /** Logarithms of amounts, of expenses and of income. */
  readonly #amounts: readonly [Moments, Moments] = [newMoments(), newMoments()];
  readonly #methods = new Map<string, number>();
  readonly #parts = new Float64Array(24 / PART);

  /** In the order of `ACCOUNT_FEATURES`; all but the number of rows NaN where there are none before, or the row has no time. */
  features({ time, income, amount, method }: Transaction): number[] {
    if (this.#rows === 0 || Number.isNaN(time))
      return [0, ...new Array<number>(ACCOUNT_FEATURES.length - 1).fill(Number.NaN)];
    for (const window of this.#windows()) window.advance(time);
    const moments = this.#amounts[income ? 1 : 0];
    const usual = method === "" ? Number.NaN : (this.#methods.get(method) ?? 0);
    const part = this.#parts[partOf(time)]!;
    return [
      this.#rows,
      logHours(time - this.#last),
      this.#hour.rows,
      this.#day.rows,
      this.#spentInWeek.rows,
      this.#spentInMonth.rows,
      this.#spentInWeek.sum,
      this.#spentInMonth.sum,
      this.#earnedInMonth.sum,
      meanOf(moments),
      spreadOf(moments),
      scoreOf(moments, logAmount(amount)),
      logShare(usual, this.#rows),
      logShare(part, this.#rows),
    ];
  }

  get rows(): number {
    return this.#rows;
  }

  /** Takes a row in, which must have a time. */
  add({ time, income, amount, method }: Transaction): void {
    const paid = Number.isFinite(amount) ? Math.abs(amount) : 0;
    this.#rows++;
    this.#last = time;
    this.#hour.add(time, 0);
    this.#day.add(time, 0);
    this.#spentInWeek.add(time, income ? 0 : paid);
    this.#spentInMonth.add(time, income ? 0 : paid);
    if (income) this.#earnedInMonth.add(time, paid);
    for (const window of this.#windows()) window.advance(time);
    addValue(this.#amounts[income ? 1 : 0], logAmount(amount));
    if (method !== "") this.#methods.set(method, (this.#methods.get(method) ?? 0) + 1);
    this.#parts[partOf(time)]!++;
  }

  #windows(): readonly RecentWindow[] {
    return [this.#hour, this.#day, this.#spentInWeek, this.#spentInMonth, this.#earnedInMonth];
  }
}

function partOf(time: number): number {
  return Math.floor((((time % DAY) + DAY) % DAY) / (PART * HOUR));
}
