import { type JsonObject, KaaykoError } from "../../core/index.ts";
import { logAmount } from "./amount-features.ts";
import { logShare } from "./log-scales.ts";
import { addValue, type Moments, meanOf, newMoments, scoreOf } from "./moments.ts";

export const EVERYONE_FEATURES = ["everyone_log_share", "everyone_mean_log", "amount_against_everyone"] as const;

/** Merchants that a model remembers, those with the most rows. */
const KEPT = 5000;

/** What all accounts together pay to each merchant. A model keeps it, so that a row that comes alone is not looked at blindly. */
export class Everyone {
  readonly #merchants = new Map<string, Moments>();
  #rows = 0;

  /** In the order of `EVERYONE_FEATURES`. */
  features(merchant: string, amount: number): number[] {
    const moments = this.#merchants.get(merchant);
    if (this.#rows === 0) return [Number.NaN, Number.NaN, Number.NaN];
    if (moments === undefined) return [logShare(0, this.#rows), Number.NaN, Number.NaN];
    return [logShare(moments.rows, this.#rows), meanOf(moments), scoreOf(moments, logAmount(amount))];
  }

  add(merchant: string, amount: number): void {
    let moments = this.#merchants.get(merchant);
    if (moments === undefined) {
      moments = newMoments();
      this.#merchants.set(merchant, moments);
    }
    this.#rows++;
    addValue(moments, logAmount(amount));
  }

  toJson(): JsonObject {
    const kept = [...this.#merchants]
      .sort(([a, { rows: first }], [b, { rows: second }]) => second - first || (a < b ? -1 : 1))
      .slice(0, KEPT);
    return {
      all: this.#rows,
      merchants: kept.map(([merchant]) => merchant),
      rows: kept.map(([, { rows }]) => rows),
      means: kept.map(([, { mean }]) => mean),
      squares: kept.map(([, { squares }]) => squares),
    };
  }

  /** @throws KaaykoError (damaged) for what `toJson` cannot have given */
  static fromJson({ all, merchants, rows, means, squares }: JsonObject): Everyone {
    const numbers = [rows, means, squares];
    const whole =
      typeof all === "number" &&
      all >= 0 &&
      Array.isArray(merchants) &&
      merchants.every((merchant) => typeof merchant === "string") &&
      numbers.every((list) => Array.isArray(list) && list.length === merchants.length && list.every(Number.isFinite));
    if (!whole)
      throw new KaaykoError({
        action: "use what a model knows of merchants",
        rule: "each must have rows, mean and squares",
        kind: "damaged",
      });
    const everyone = new Everyone();
    everyone.#rows = all as number;
    const [counts, centres, spreads] = numbers as [number[], number[], number[]];
    (merchants as string[]).forEach((merchant, i) => {
      everyone.#merchants.set(merchant, { rows: counts[i]!, mean: centres[i]!, squares: spreads[i]! });
    });
    return everyone;
  }
}
