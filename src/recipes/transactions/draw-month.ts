import { exp, type RandomStream, randomStream } from "../../core/index.ts";
import { type Account, drawMethod, type Habit, roundCents } from "./draw-account.ts";
import { messyDescription } from "./messy-description.ts";

/** A row of the synthetic table. */
export interface DrawnTransaction {
  readonly time: number;
  readonly account: string;
  readonly income: boolean;
  readonly description: string;
  readonly amount: number;
  readonly method: string;
  readonly category: string;
  /** What was made odd about it; null for nothing. */
  readonly anomaly: string | null;
}

export const FIRST_YEAR = 2023;
const MINUTE = 60_000;
const DAY = 86_400_000;
/** What prices rise by in a year. */
const INFLATION = 0.03;
/** Share of payments that happen at any hour. */
const ANY_HOUR = 0.02;

/** The first moment of a month, counted from the first of the table. */
export function monthStart(month: number): number {
  return Date.UTC(FIRST_YEAR, month, 1);
}

/** What an account does in a month, in no order. */
export function drawMonth(seed: number, account: Account, number: number, month: number): DrawnTransaction[] {
  const random = randomStream(seed, "transactions", "month", number, month);
  return account.habits.flatMap((habit) => {
    const days = habit.day === null ? drawDays(random, habit, month) : [habit.day - 1];
    return days.map((day) => drawPayment(random, account, habit, month, day));
  });
}

/** Days of the month, from 0, on which something happens: more in the season and on weekends. */
function drawDays(random: RandomStream, { category, rate }: Habit, month: number): number[] {
  const [start, length] = [monthStart(month), daysIn(month)];
  const { weekend = 1 } = category;
  const mean = (rate * seasonal(category, month)) / length / ((5 + 2 * weekend) / 7);
  return Array.from({ length }, (_, day) => day).flatMap((day) => {
    const weekday = new Date(start + day * DAY).getUTCDay();
    const expected = mean * (weekday === 0 || weekday === 6 ? weekend : 1);
    return new Array<number>(drawCount(random, expected)).fill(day);
  });
}

/** From Poisson's distribution; the mean is small. */
function drawCount(random: RandomStream, mean: number): number {
  const limit = exp(-mean);
  let count = 0;
  for (let product = random.float(); product > limit && count < 20; product *= random.float()) count++;
  return count;
}

function drawPayment(
  random: RandomStream,
  account: Account,
  habit: Habit,
  month: number,
  day: number,
): DrawnTransaction {
  const { category, places } = habit;
  const usual = random.float() < 0.6;
  const place = usual ? places[0]! : places[random.integer(places.length)]!;
  const prices = 1 + (INFLATION * month) / 12;
  const season = category.day !== undefined ? seasonal(category, month) : 1;
  const raw = place.median * season * (category.within === 0 ? 1 : prices * exp(category.within * random.normal()));
  return {
    time: monthStart(month) + Math.min(day, daysIn(month) - 1) * DAY + drawMinute(random, category.hours) * MINUTE,
    account: account.name,
    income: category.income,
    description: messyDescription(random, place.merchant),
    amount: spelt(category, raw),
    method: drawMethod(random, account, habit),
    category: category.name,
    anomaly: null,
  };
}

/** An amount as prices are. */
function spelt({ priced = false, notes }: Habit["category"], raw: number): number {
  if (notes !== undefined) return Math.max(1, Math.round(raw / notes)) * notes;
  return priced ? Math.max(0.99, Math.floor(raw) + 0.99) : Math.max(0.5, roundCents(raw));
}

function drawMinute(random: RandomStream, [from, to]: readonly [number, number]): number {
  if (random.float() < ANY_HOUR) return random.integer(24 * 60);
  // Two draws make the middle of the hours the most usual.
  const share = (random.float() + random.float()) / 2;
  return Math.floor(60 * (from + (to - from) * share));
}

function seasonal({ season }: Habit["category"], month: number): number {
  if (season === undefined) return 1;
  const away = Math.abs((((month % 12) + 1 - season.month + 18) % 12) - 6);
  return 1 + (season.height - 1) * Math.max(0, 1 - away / 3);
}

function daysIn(month: number): number {
  return (monthStart(month + 1) - monthStart(month)) / DAY;
}
