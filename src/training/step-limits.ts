import type { State } from "../core/index.ts";
import { limitOfResult } from "./continued-fit.ts";
import { RunRecord } from "./run-record.ts";
import { resultsOfState, resultsState } from "./sequence.ts";

/** How many steps the final fit of each algorithm of a run was to make at most, where that was kept. */
export function stepLimits(run: State): ReadonlyMap<string, number> {
  const results = resultsState(RunRecord.fromState(run).stageState("train")) ?? null;
  const limits = [...resultsOfState(results)].flatMap(([name, result]) => {
    const limit = limitOfResult(result);
    return limit === undefined || name.includes(".") ? [] : [[name, limit] as const];
  });
  return new Map(limits);
}
