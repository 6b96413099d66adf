import { KaaykoError } from "../core/index.ts";

/** When to commit. */
export type SavePolicy =
  | { readonly kind: "auto" }
  | { readonly kind: "seconds"; readonly seconds: number }
  | { readonly kind: "steps"; readonly steps: number };

/**
 * Which checkpoints of a run stay: those that any rule keeps, as long as they are not too many bytes together. Whatever it
 * says, the newest good one, its parent and every pinned one stay.
 */
export interface KeepPolicy {
  /** The newest so many; at least 2. Default 3. */
  readonly last: number;
  /** Keep the best by each metric that positions carry. Default true. */
  readonly best: boolean;
  /** Keep every n-th sequence number too; 0 for none. Default 0. */
  readonly every: number;
  /** Keep the newest of each of the last so many days (UTC) on which one was saved; 0 for none. Default 0. */
  readonly daily: number;
  /** Of what the rules keep, the newest that fit into so many bytes, what they share counted once; 0 for no limit. Default 0. */
  readonly maxBytes: number;
}

export interface RunPolicy {
  readonly save: SavePolicy;
  readonly keep: KeepPolicy;
}

export const DEFAULT_KEEP: KeepPolicy = { last: 3, best: true, every: 0, daily: 0, maxBytes: 0 };
export const DEFAULT_POLICY: RunPolicy = { save: { kind: "auto" }, keep: DEFAULT_KEEP };

/**
 * Reads "auto", "5s", "2m" or "10steps". "auto": a first commit within about a second, then so that at most 5 s of work is
 * lost and saving takes at most 2 % of the time.
 *
 * @throws KaaykoError (usage) for anything else
 */
export function parseSavePolicy(text: string): SavePolicy {
  if (text === "auto") return { kind: "auto" };
  const match = /^(\d{1,9}(?:\.\d{1,6})?) ?(s|m|steps?)$/.exec(text.trim());
  const amount = Number(match?.[1]);
  if (match?.[2] === "s" && amount > 0) return { kind: "seconds", seconds: amount };
  if (match?.[2] === "m" && amount > 0) return { kind: "seconds", seconds: amount * 60 };
  if (match?.[2]?.startsWith("step") && Number.isInteger(amount) && amount > 0) return { kind: "steps", steps: amount };
  throw new KaaykoError({
    action: "set how often to commit",
    rule: "it must be auto, a time such as 5s, or steps such as 10steps",
    got: JSON.stringify(text.slice(0, 80)),
    remedy: "Write for example --checkpoint-every 5s.",
    kind: "usage",
  });
}

/** Work that "auto" may lose, in seconds. */
const MOST_LOST = 5;
/** Seconds between two commits that cost so much, or follow steps so long, that less could be lost only by saving all the time. */
const LEAST_WORK = 2.5;

/**
 * Seconds of work after which "auto" commits, from what the last commit cost and how long the last step took: overhead of
 * at most 2 %, from 1 s on, and so early that the step to come and the commit itself are over within 5 s of the last one.
 */
export function autoInterval(lastCostSeconds: number | undefined, stepSeconds = 0): number {
  if (lastCostSeconds === undefined) return 1;
  const latest = Math.max(LEAST_WORK, MOST_LOST - stepSeconds - lastCostSeconds);
  return Math.min(latest, Math.max(1, 50 * lastCostSeconds));
}

const HIGHER_IS_BETTER = /^(r2|accuracy|precision|recall|.*f1|auc|averageprecision|coverage|ndcg.*|map|score)$/i;

/** True for metrics such as `validation.auc`, whose last part names a score; errors and losses are better when lower. */
export function isHigherBetter(metric: string): boolean {
  return HIGHER_IS_BETTER.test(metric.split(".").at(-1)!);
}
