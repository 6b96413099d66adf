import { canonicalJson, type State, type StepReport } from "../../core/index.ts";
import type { Work } from "../sequence.ts";
import { Trial, type TrialPlan } from "./trial.ts";

/**
 * A trial, or what it gave in an earlier run where nothing that decides it has changed, so that more trials cost what is new.
 *
 * @param before the result of the trial of the same name in the run that this one was forked from
 */
export async function openTrial(plan: TrialPlan, before: State | undefined): Promise<Work> {
  if (before === undefined || !isSame(plan, before)) return new Trial(plan);
  await plan.fit.dispose?.();
  return keptTrial(plan.fit.version, before);
}

function isSame({ common, settings }: TrialPlan, { json }: State): boolean {
  if (json.common === undefined || json.settings === undefined) return false;
  return canonicalJson([json.common, json.settings]) === canonicalJson([common, settings as typeof json]);
}

function keptTrial(version: number, result: State): Work {
  const report: StepReport = { done: true, step: 1, unit: "trial", note: "kept from the run before" };
  const empty: State = { json: {}, arrays: {} };
  return {
    version,
    step: async () => report,
    getState: async () => empty,
    setState: async () => undefined,
    result: async () => result,
  };
}
