import { type JsonObject, type JsonValue, KaaykoError } from "../../core/index.ts";

/** Where a training stands, apart from its weights. Plain data; what `getState` gives as JSON. */
export interface Progress {
  phase: "train" | "validate" | "done";
  /** Passes that are finished. */
  epoch: number;
  /** Updates done: Adam's step number. */
  update: number;
  /** Steps reported: updates and validation chunks. */
  step: number;
  /** Where the stream of this phase stands behind the last batch consumed; null at its beginning. */
  position: JsonObject | null;
  lossSum: number;
  lossBatches: number;
  /** The best validation score and its epoch; null before the first. */
  best: { epoch: number; score: number } | null;
  history: { epoch: number; loss: number; score: number | null }[];
}

export function newProgress(): Progress {
  return {
    phase: "train",
    epoch: 0,
    update: 0,
    step: 0,
    position: null,
    lossSum: 0,
    lossBatches: 0,
    best: null,
    history: [],
  };
}

const COUNTERS = ["epoch", "update", "step", "lossSum", "lossBatches"] as const;

/** Reads a progress back that was saved as JSON. */
export function parseProgress(value: JsonValue | undefined): Progress {
  const saved = value as unknown as Progress | null | undefined;
  const sound =
    saved !== null &&
    typeof saved === "object" &&
    ["train", "validate", "done"].includes(saved.phase) &&
    COUNTERS.every((name) => typeof saved[name] === "number" && saved[name] >= 0) &&
    Array.isArray(saved.history);
  if (!sound)
    throw new KaaykoError({
      action: "resume the neural network",
      rule: "its saved progress must be whole",
      got: "something else",
      kind: "damaged",
    });
  return structuredClone(saved);
}
