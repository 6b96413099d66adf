import type { CheckpointPosition } from "../core/index.ts";
import { nameOf } from "./keys.ts";
import type { Blob } from "./manifest.ts";
import { isHigherBetter, type KeepPolicy } from "./policies.ts";

/** A checkpoint as far as a keep policy looks at it. */
export interface Keepable {
  readonly token: number;
  readonly sequence: number;
  readonly position: CheckpointPosition;
  /** ISO 8601; decides about days only. */
  readonly savedAt: string;
  readonly blobs: readonly Blob[];
}

/** Names of checkpoints that somebody pinned, as `nameOf` gives them. */
export type Pins = ReadonlySet<string>;

/** What a policy decides, with the reason for each checkpoint. */
export interface KeepDecision<T> {
  readonly stay: ReadonlyMap<T, string>;
  readonly go: ReadonlyMap<T, string>;
}

/** Decides which of a run's good checkpoints stay and which go. Pure. */
export function decideWhatToKeep<T extends Keepable>(
  policy: KeepPolicy,
  newestFirst: readonly T[],
  pins: Pins,
): KeepDecision<T> {
  const always = new Map<T, string>();
  const add = (to: Map<T, string>, item: T | undefined, reason: string): void => {
    if (item !== undefined && !always.has(item) && !to.has(item)) to.set(item, reason);
  };
  add(always, newestFirst[0], "the newest");
  add(always, newestFirst[1], "the newest one's parent");
  for (const item of newestFirst) if (pins.has(nameOf(item))) add(always, item, "pinned");
  const wanted = new Map<T, string>();
  for (const item of newestFirst.slice(0, policy.last)) add(wanted, item, `one of the last ${policy.last}`);
  if (policy.best) for (const [metric, item] of bestByMetric(newestFirst)) add(wanted, item, `the best ${metric}`);
  for (const [day, item] of newestOfDays(policy.daily, newestFirst)) add(wanted, item, `the newest of ${day}`);
  if (policy.every > 0)
    for (const item of newestFirst) if (item.sequence % policy.every === 0) add(wanted, item, `every ${policy.every}`);
  return withinBytes(policy, newestFirst, always, wanted);
}

function withinBytes<T extends Keepable>(
  policy: KeepPolicy,
  newestFirst: readonly T[],
  always: ReadonlyMap<T, string>,
  wanted: ReadonlyMap<T, string>,
): KeepDecision<T> {
  const counted = new Map<string, number>();
  const count = ({ token, blobs }: T): void => {
    for (const { name, bytes } of blobs) counted.set(`${token}/${name}`, bytes);
  };
  const stay = new Map<T, string>();
  const go = new Map<T, string>();
  for (const item of always.keys()) count(item);
  const unwanted = reasonToGo(policy);
  for (const item of newestFirst) {
    const reason = always.get(item) ?? wanted.get(item);
    if (reason === undefined) go.set(item, unwanted);
    else if (always.has(item) || policy.maxBytes === 0 || sumWith(counted, item) <= policy.maxBytes) {
      stay.set(item, reason);
      count(item);
    } else go.set(item, `${reason}, but beyond ${policy.maxBytes} bytes together`);
  }
  return { stay, go };
}

/** Bytes of all blobs that are counted and those of one more checkpoint. */
function sumWith(counted: ReadonlyMap<string, number>, { token, blobs }: Keepable): number {
  const all = new Map(counted);
  for (const { name, bytes } of blobs) all.set(`${token}/${name}`, bytes);
  return [...all.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function reasonToGo({ last, best, every, daily }: KeepPolicy): string {
  const rules = [
    ...(last > 0 ? [`one of the last ${last}`] : []),
    ...(best ? ["the best by a metric"] : []),
    ...(daily > 0 ? [`the newest of one of the last ${daily} days`] : []),
    ...(every > 0 ? [`every ${every}`] : []),
    "pinned",
  ];
  return `not ${rules.join(", nor ")}`;
}

/** The newest checkpoint of each of the last days on which one was saved. */
function newestOfDays<T extends Keepable>(days: number, newestFirst: readonly T[]): Map<string, T> {
  const found = new Map<string, T>();
  for (const item of newestFirst) {
    const day = item.savedAt.slice(0, "2026-01-01".length);
    if (found.size < days && !found.has(day)) found.set(day, item);
  }
  return found;
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
