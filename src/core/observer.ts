import type { StepReport } from "./resumable.ts";

/** Whoever watches a run: a terminal, a log, a test. Never decides anything and must not throw. */
export interface RunObserver {
  /** A stage begins; `index` from 0 of `count`. */
  stage(name: string, index: number, count: number): void;
  /** A step was done. Called often: observers throttle themselves. */
  progress(progress: RunProgress): void;
  /** Something worth a line: the inferred schema, an algorithm's result, a fallback. */
  notice(message: string): void;
  warning(message: string): void;
}

export interface RunProgress {
  readonly stage: string;
  /** What the stage works on: "xgboost", "xgboost fold 2 of 5", "test". */
  readonly subject?: string;
  readonly report: StepReport;
  /** Since this subject began, in this process. */
  readonly seconds: number;
  /** Without what the first steps set up; null where too few were made to tell, absent where nobody watched single steps. */
  readonly secondsPerStep?: number | null;
  /** Estimated for this subject; absent where unknown. */
  readonly secondsLeft?: number;
}
