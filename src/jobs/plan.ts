import { type Job, type JobNeeds, type JobPriority, PRIORITIES } from "./job.ts";
import type { Claimant } from "./queue.ts";
import { mayStart } from "./transitions.ts";

/** A job that waited so long counts as one priority more urgent, twice as long as two: nothing starves. */
export const AGING_MS = 30 * 60_000;

/** What a claimant should do next: start a job, ask others to make room, or neither. */
export interface Plan {
  readonly start: Job | undefined;
  readonly preempt: readonly Job[];
}

const rankOf = (priority: JobPriority): number => PRIORITIES.indexOf(priority);

/** A waiting job's urgency with aging. Clocks that went backwards age nothing. */
export function urgencyOf(job: Job, now: Date): JobPriority {
  const waited = Math.max(0, now.getTime() - Date.parse(job.waitingSince));
  return PRIORITIES[Math.max(0, rankOf(job.spec.priority) - Math.floor(waited / AGING_MS))]!;
}

/** Queued jobs in the order in which they will start: by urgency, inside one by submission. */
export function inTurn(jobs: readonly Job[], now: Date): Job[] {
  const queued = jobs.filter((job) => job.state === "queued");
  return queued.sort((a, b) => rankOf(urgencyOf(a, now)) - rankOf(urgencyOf(b, now)) || a.id - b.id);
}

/**
 * Decides what a claimant does. Only the job whose turn it is may start: a large one is not overtaken by small ones for
 * ever. Where that one is `high` and does not fit, running `low` ones are asked to make room, the latest first, as many as
 * it takes and none where all would not do.
 */
export function planClaim(jobs: readonly Job[], claimant: Claimant, now: Date): Plan {
  const head = inTurn(jobs, now).find((job) => mayStart(job, now));
  if (head === undefined) return { start: undefined, preempt: [] };
  const running = jobs.filter((job) => job.owner?.process.host === claimant.process.host);
  const needs = within(claimant.budget, head.spec.needs);
  const fits = hasRoom(claimant.budget, running, needs);
  if (fits && claimant.freeSlots > 0) return { start: head, preempt: [] };
  if (fits && claimant.otherSlots > 0) return { start: undefined, preempt: [] };
  return { start: undefined, preempt: victims(head, running, needs, claimant) };
}

/** More than the machine has means all of it. */
function within(budget: JobNeeds, needs: JobNeeds): JobNeeds {
  return {
    threads: Math.min(needs.threads, budget.threads),
    memoryBytes: Math.min(needs.memoryBytes, budget.memoryBytes),
  };
}

function hasRoom(budget: JobNeeds, running: readonly Job[], needs: JobNeeds): boolean {
  const taken = running.map((job) => within(budget, job.spec.needs));
  const threads = taken.reduce((sum, each) => sum + each.threads, needs.threads);
  const memoryBytes = taken.reduce((sum, each) => sum + each.memoryBytes, needs.memoryBytes);
  return threads <= budget.threads && memoryBytes <= budget.memoryBytes;
}

function victims(head: Job, running: readonly Job[], needs: JobNeeds, claimant: Claimant): Job[] {
  if (head.spec.priority !== "high") return [];
  const leaving = running.filter((job) => job.stop !== null);
  const candidates = running.filter((job) => job.stop === null && job.startedAs === "low").sort((a, b) => b.id - a.id);
  let staying = running.filter((job) => job.stop === null);
  let slots = claimant.freeSlots + claimant.otherSlots + leaving.length;
  const asked: Job[] = [];
  for (;;) {
    if (slots > 0 && hasRoom(claimant.budget, staying, needs)) return asked;
    const next = candidates.shift();
    if (next === undefined) return [];
    asked.push(next);
    staying = staying.filter((job) => job !== next);
    slots++;
  }
}
