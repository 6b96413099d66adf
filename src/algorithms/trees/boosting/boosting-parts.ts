import type { TrainerContext } from "../../../core/index.ts";
import type { GivenLoss } from "../losses/given.ts";
import type { Loss } from "../losses/index.ts";
import type { PreparedData } from "../machine/prepared-data.ts";
import type { BoostingOptions } from "./boosting-parameters.ts";
import type { InitialScores } from "./initial-scores.ts";
import type { WarmStart } from "./warm-start.ts";

/** Where scores begin before the first tree that is grown. */
export interface BoostingStart {
  /** Null for the constant that fits best. */
  readonly initial: InitialScores | null;
  /** The features that they begin with. */
  readonly columns: readonly number[];
  /** The model that training goes on from. */
  readonly warm: WarmStart | null;
}

export interface BoostingParts {
  readonly name: string;
  readonly context: TrainerContext;
  readonly options: BoostingOptions;
  readonly loss: Loss;
  readonly given: GivenLoss | null;
  readonly prepared: PreparedData;
  readonly start: BoostingStart;
  /** Rounds from one snapshot of the scores to the next. Default as many as are walked in half a second. */
  readonly snapshotRounds?: number;
}
