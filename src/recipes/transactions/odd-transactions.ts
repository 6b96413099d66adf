import { type RandomStream, randomStream } from "../../core/index.ts";
import { roundCents } from "./draw-account.ts";
import type { DrawnTransaction } from "./draw-month.ts";
import { pick } from "./messy-description.ts";
import { RECURRING_STRANGERS, STRANGE_MERCHANTS, STRANGE_METHODS } from "./strangers.ts";

/** What payments that should be noticed look like. */
export const ODD_KINDS = ["amount", "merchant", "burst", "duplicate", "method", "recurring"] as const;
type OddKind = (typeof ODD_KINDS)[number];

const MINUTE = 60_000;
const DAY = 86_400_000;
const BURST_ROWS = 4;

/**
 * Odd payments, a share of the usual ones of a month: one many times its usual amount; one to a stranger; several within minutes at
 * night; one made twice; one by a way to pay that the account never used; a large one to a stranger that comes again.
 */
export function drawOdd(
  seed: number,
  month: number,
  usual: readonly DrawnTransaction[],
  share: number,
): DrawnTransaction[] {
  const random = randomStream(seed, "transactions", "odd", month);
  const expenses = usual.filter(({ income }) => !income);
  const odd: DrawnTransaction[] = [];
  while (odd.length < share * usual.length && expenses.length > 0) {
    const kind = pick(random, ODD_KINDS);
    odd.push(...DRAW[kind](random, pick(random, expenses)).map((row) => ({ ...row, anomaly: kind })));
  }
  return odd;
}

const DRAW: Record<OddKind, (random: RandomStream, like: DrawnTransaction) => DrawnTransaction[]> = {
  amount: (random, like) => [
    { ...like, amount: roundCents(like.amount * (8 + 12 * random.float())), time: later(random, like) },
  ],
  merchant: (random, like) => [
    {
      ...like,
      description: pick(random, STRANGE_MERCHANTS),
      amount: roundCents(40 + 260 * random.float()),
      time: atNight(random, like),
    },
  ],
  burst: (random, like) => {
    const start = atNight(random, like);
    return Array.from({ length: BURST_ROWS }, (_, i) => ({
      ...like,
      amount: roundCents(like.amount * (0.7 + 0.6 * random.float())),
      time: start + i * (1 + random.integer(3)) * MINUTE,
    }));
  },
  duplicate: (random, like) => [{ ...like, time: like.time + (1 + random.integer(20)) * MINUTE }],
  method: (random, like) => [{ ...like, method: pick(random, STRANGE_METHODS), time: later(random, like) }],
  recurring: (random, like) => {
    const description = pick(random, RECURRING_STRANGERS);
    const amount = 89 + 100 * random.integer(4) + 0.99;
    const time = later(random, like);
    return [0, 30].map((days) => ({ ...like, description, amount, time: time + days * DAY }));
  },
};

function later(random: RandomStream, { time }: DrawnTransaction): number {
  return time + random.integer(180) * MINUTE;
}

/** Between 1 and 5 o'clock of the day. */
function atNight(random: RandomStream, { time }: DrawnTransaction): number {
  return Math.floor(time / DAY) * DAY + (60 + random.integer(240)) * MINUTE;
}
