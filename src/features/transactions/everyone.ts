import { type JsonObject, KaaykoError } from "../../core/index.ts";
import { logAmount } from "./amount-features.ts";
import { addValue, type Moments, meanOf, newMoments, scoreOf } from "./moments.ts";

export const EVERYONE_FEATURES = ["everyone_rows", "everyone_mean_log", "amount_against_everyone"] as const;

/** Merchants that a model remembers, those with the most rows. */
const KEPT = 5000;

/** What all accounts together pay to each merchant. A model keeps it, so that a row that comes alone is not looked at blindly. */
export class Everyone {
  readonly #merchants = new Map<string, Moments>();

  /** In the order of `EVERYONE_FEATURES`. */
  features(merchant: string, amount: number): number[] {
    const moments = this.#merchants.get(merchant);
    if (moments === undefined) return [0, Number.NaN, Number.NaN];
    return [moments.rows, meanOf(moments), scoreOf(moments, logAmount(amount))];
  }

  add(merchant: string, amount: number): void {
    let moments = this.#merchants.get(merchant);
    if (moments === undefined) {
      moments = newMoments();
      this.#merchants.set(merchant, moments);
    }
    addValue(moments, logAmount(amount));
  }

  toJson(): JsonObject {
    const kept = [...this.#merchants]
      .sort(([a, { rows: first }], [b, { rows: second }]) => second - first || (a < b ? -1 : 1))
      .slice(0, KEPT);
    return {
      merchants: kept.map(([merchant]) => merchant),
      rows: kept.map(([, { rows }]) => rows),
      means: kept.map(([, { mean }]) => mean),
      squares: kept.map(([, { squares }]) => squares),
    };
  }

  /** @throws KaaykoError (damaged) for what `toJson` cannot have given */
  static fromJson({ merchants, rows, means, squares }: JsonObject): Everyone {
    const numbers = [rows, means, squares];
    const whole =
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
    const [counts, centres, spreads] = numbers as [number[], number[], number[]];
    (merchants as string[]).forEach((merchant, i) => {
      everyone.#merchants.set(merchant, { rows: counts[i]!, mean: centres[i]!, squares: spreads[i]! });
    });
    return everyone;
  }
}
