import { exp, type RandomStream, randomStream } from "../../core/index.ts";
import { CATEGORIES, type Category, METHODS, type Merchant, TRANSFER } from "./categories.ts";

/** What an account does month after month. */
export interface Account {
  readonly name: string;
  readonly habits: readonly Habit[];
  /** Ways to pay with their shares. */
  readonly methods: readonly { readonly name: string; readonly share: number }[];
}

/** What an account spends on a category, or earns. */
export interface Habit {
  readonly category: Category;
  /** The merchants that it goes to, the usual one first, with what they take in the median. */
  readonly places: readonly { readonly merchant: Merchant; readonly median: number }[];
  /** Payments a month. */
  readonly rate: number;
  /** Day of the month, where it is fixed. */
  readonly day: number | null;
}

/** Share of accounts without a fixed payment that many have. */
const WITHOUT = 0.3;
const USUAL = 0.7;

/** Draws an account: the same for the same seed and number. */
export function drawAccount(seed: number, number: number): Account {
  const random = randomStream(seed, "transactions", "account", number);
  const wealth = exp(0.3 * random.normal());
  const habits = CATEGORIES.flatMap((category) => drawHabits(random, category, wealth));
  const others = random.shuffle([...METHODS]).slice(0, 2);
  return {
    name: `A${String(number + 1).padStart(4, "0")}`,
    habits,
    methods: [
      { name: others[0]!, share: USUAL },
      { name: others[1]!, share: 1 - USUAL },
    ],
  };
}

function drawHabits(random: RandomStream, category: Category, wealth: number): Habit[] {
  const { merchants, median, between, day, rate } = category;
  const fixed = day !== undefined;
  const needed = category.name === "Salary" || category.name === "Rent";
  if (fixed && !needed && random.float() < WITHOUT) return [];
  const wanted = fixed ? (category.name === "Subscriptions" ? 3 : 1) : Math.min(3, merchants.length);
  const places = random
    .shuffle([...merchants])
    .slice(0, wanted)
    .map((merchant) => ({ merchant, median: roundCents(median * wealth * exp(between * random.normal())) }));
  const shifted = fixed ? 1 + ((day + random.integer(5) - 3 + 28) % 28) : null;
  // Each fixed payment is a habit of its own.
  if (fixed)
    return places.map((place, i) => ({ category, places: [place], rate: 0, day: 1 + ((shifted! + 5 * i) % 28) }));
  return [{ category, places, rate: rate * exp(0.35 * random.normal()), day: null }];
}

/** A way to pay. */
export function drawMethod(random: RandomStream, { methods }: Account, { category }: Habit): string {
  if (category.income || category.day !== undefined) return TRANSFER;
  return random.float() < methods[0]!.share ? methods[0]!.name : methods[1]!.name;
}

export function roundCents(amount: number): number {
  return Math.round(100 * amount) / 100;
}
