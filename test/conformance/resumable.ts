import { expect } from "vitest";
import { canonicalJson, hashState, type Resumable, type State, type StepReport } from "../../src/core/index.ts";

export interface ResumableCase<T extends Resumable> {
  /** A fresh object from the same configuration and data, every time. */
  readonly make: () => Promise<T>;
  /** A hash of everything that the finished object leaves behind: the model's bytes, the predictions, the files. */
  readonly outcome: (finished: T) => Promise<string>;
  readonly dispose?: (object: T) => Promise<void>;
  /**
   * Snapshots restored, spread over the run, the first and the last step among them; where there are to be two, the middle and the
   * last: a snapshot of the middle holds what a run carries. Default 20.
   */
  readonly points?: number;
  /** Give up after this many steps. Default 10,000. */
  readonly maxSteps?: number;
}

/** What of a report must be equal after a resume: everything but words and times. */
function remainder(report: StepReport): string {
  return canonicalJson({ done: report.done, step: report.step, unit: report.unit, metrics: report.metrics ?? {} });
}

/** A deep copy, as reading it back from disk would give. */
export function copyState(state: State): State {
  const arrays = Object.fromEntries(Object.entries(state.arrays).map(([name, array]) => [name, array.slice()]));
  return { json: JSON.parse(canonicalJson(state.json)), arrays, appendOnly: [...(state.appendOnly ?? [])] };
}

/**
 * The promise of a Resumable: stopped before any step and continued in a fresh object, it reports the same steps and leaves
 * the same bytes as if it had never stopped. Returns the number of steps, so that a test can insist on more than a few.
 */
export async function expectResumable<T extends Resumable>(test: ResumableCase<T>): Promise<number> {
  const { maxSteps = 10_000, points = 20 } = test;
  const undisturbed = await test.make();
  const reports: string[] = [];
  const snapshots: { state: State; frozen: string }[] = [];
  for (;;) {
    const state = await undisturbed.getState();
    snapshots.push({ state: copyState(state), frozen: hashState(state) });
    const report = await undisturbed.step();
    // What was handed out must not have been changed by the step.
    expect(hashState(state), `state before step ${reports.length}`).toBe(snapshots.at(-1)!.frozen);
    expect(report.step, "the step counter").toBeGreaterThanOrEqual(reports.length);
    reports.push(remainder(report));
    if (report.done) break;
    if (reports.length > maxSteps) throw new Error(`not done after ${maxSteps} steps`);
  }
  const outcome = await test.outcome(undisturbed);
  await test.dispose?.(undisturbed);

  for (const at of chosenPoints(snapshots.length, points)) {
    const resumed = await test.make();
    await resumed.setState(snapshots[at]!.state);
    for (let step = at; step < reports.length; step++)
      expect(remainder(await resumed.step()), `step ${step} after a resume at ${at}`).toBe(reports[step]);
    expect(await test.outcome(resumed), `outcome after a resume at ${at}`).toBe(outcome);
    await test.dispose?.(resumed);
  }
  return reports.length;
}

function chosenPoints(snapshots: number, points: number): Set<number> {
  const [count, last] = [Math.min(points, snapshots), snapshots - 1];
  if (count === 2) return new Set([last >> 1, last]);
  return new Set(Array.from({ length: count }, (_, i) => Math.round((i * last) / Math.max(1, count - 1))));
}
