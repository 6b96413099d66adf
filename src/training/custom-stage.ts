import type { JsonObject, State } from "../core/index.ts";
import type { PreparedData } from "./preparation.ts";

export type StageName = "load" | "features" | "train" | "evaluate" | "save";

/** A stage of the user's own, in a run. */
export interface CustomStage {
  /** Shown to people and kept in checkpoints; none of the built-in names. */
  readonly name: string;
  /** The built-in stage that it follows. Default "features". */
  readonly after?: Exclude<StageName, "save">;
  /** Does the work; once it has returned, it is never called again for this run. */
  run(context: CustomStageContext): Promise<void>;
}

export interface CustomStageContext {
  readonly checkpoints: CustomCheckpoints;
  /** What the features stage made; null before it. */
  readonly data: PreparedData | null;
  readonly seed: number;
}

/** How far custom work is. */
export interface CustomProgress {
  readonly step: number;
  readonly total?: number;
  readonly note?: string;
}

/** Checkpoints for code that is written as a loop rather than as a Resumable. */
export interface CustomCheckpoints {
  /**
   * Commits progress and data under a name, together with everything that the run did so far. Returns once the data may be
   * changed; where the run was asked to stop it does not return but ends the stage, to be continued from here.
   *
   * @param name of the stage, or of a part of its work: "custom_stage"
   * @param data plain JSON, or JSON with typed arrays
   */
  save(name: string, progress: CustomProgress, data: JsonObject | State): Promise<void>;
  /** What was saved last under a name, by this process or one before; null where nothing was. */
  load(name: string): { readonly progress: CustomProgress; readonly data: State } | null;
}

/** True for JSON with arrays, as against plain JSON. */
export function isState(data: JsonObject | State): data is State {
  const { json, arrays, ...rest } = data as Partial<State>;
  const extra = Object.keys(rest).filter((key) => key !== "appendOnly");
  return (
    typeof json === "object" && json !== null && typeof arrays === "object" && arrays !== null && extra.length === 0
  );
}
