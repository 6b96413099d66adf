import { type CheckpointPosition, KaaykoError } from "../core/index.ts";

/** When to commit. */
export type SavePolicy =
  | { readonly kind: "auto" }
  | { readonly kind: "seconds"; readonly seconds: number }
  | { readonly kind: "steps"; readonly steps: number };

/** Which checkpoints of a run stay. Whatever it says, the newest good one and its parent stay. */
export interface KeepPolicy {
  /** The newest so many; at least 2. Default 3. */
  readonly last: number;
  /** Keep the best by each metric that positions carry. Default true. */
  readonly best: boolean;
  /** Keep every n-th sequence number too; 0 for none. Default 0. */
  readonly every: number;
}

export interface RunPolicy {
  readonly save: SavePolicy;
  readonly keep: KeepPolicy;
}

export const DEFAULT_KEEP: KeepPolicy = { last: 3, best: true, every: 0 };
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

/** A checkpoint as far as a keep policy looks at it. */
export interface Keepable {
  readonly token: number;
  readonly sequence: number;
  readonly position: CheckpointPosition;
}

/** Why each of a run's good checkpoints stays, newest first; those that are not in the map may go. */
export function reasonsToKeep<T extends Keepable>(policy: KeepPolicy, newestFirst: readonly T[]): Map<T, string> {
  const reasons = new Map<T, string>();
  const add = (item: T | undefined, reason: string): void => {
    if (item !== undefined && !reasons.has(item)) reasons.set(item, reason);
  };
  add(newestFirst[0], "the newest");
  add(newestFirst[1], "the newest one's parent");
  for (const item of newestFirst.slice(0, policy.last)) add(item, `one of the last ${policy.last}`);
  if (policy.best) for (const [metric, item] of bestByMetric(newestFirst)) add(item, `the best ${metric}`);
  if (policy.every > 0)
    for (const item of newestFirst) if (item.sequence % policy.every === 0) add(item, `every ${policy.every}`);
  return reasons;
}

/** The best checkpoint for each metric; of equal ones the oldest, so that it does not move. */
function bestByMetric<T extends Keepable>(newestFirst: readonly T[]): Map<string, T> {
  const best = new Map<string, T>();
  for (const item of newestFirst) {
    for (const [metric, value] of Object.entries(item.position.metrics ?? {})) {
      const before = best.get(metric)?.position.metrics?.[metric];
      const better = before === undefined || (isHigherBetter(metric) ? value >= before : value <= before);
      if (better) best.set(metric, item);
    }
  }
  return best;
}

const HIGHER_IS_BETTER = /^(r2|accuracy|precision|recall|.*f1|auc|averageprecision|coverage|ndcg.*|map|score)$/i;

/** True for metrics such as `validation.auc`, whose last part names a score; errors and losses are better when lower. */
export function isHigherBetter(metric: string): boolean {
  return HIGHER_IS_BETTER.test(metric.split(".").at(-1)!);
}
