import { type JsonObject, type JsonValue, KaaykoError, type StepReport } from "../../core/index.ts";
import { GAMMA_FACTORS } from "./bandwidth.ts";
import type { Settings, Sigmoid } from "./settings.ts";

/** Where a training stands, apart from its weights. Plain data. */
export interface Progress {
  /** Draw a sample of rows, try bandwidths on it, train, look at held-out rows. */
  phase: "sample" | "tune" | "train" | "validate" | "done";
  step: number;
  epoch: number;
  update: number;
  /** Where the stream of this phase stands; null at its beginning. */
  position: JsonObject | null;
  lossSum: number;
  lossBatches: number;
  /** Errors of the bandwidths tried so far. */
  tried: number[];
  /** Of the kernel; null until it is decided. */
  gamma: number | null;
  calibration: Sigmoid[] | null;
}

export function newProgress(): Progress {
  return {
    phase: "sample",
    step: 0,
    epoch: 0,
    update: 0,
    position: null,
    lossSum: 0,
    lossBatches: 0,
    tried: [],
    gamma: null,
    calibration: null,
  };
}

const PHASES: readonly unknown[] = ["sample", "tune", "train", "validate", "done"];
const COUNTERS = ["step", "epoch", "update", "lossSum", "lossBatches"] as const;

/** Reads a progress back that was saved as JSON. */
export function parseProgress(value: JsonValue | undefined): Progress {
  const saved = value as unknown as Progress | null | undefined;
  const sound =
    saved !== null &&
    typeof saved === "object" &&
    PHASES.includes(saved.phase) &&
    COUNTERS.every((name) => typeof saved[name] === "number" && saved[name] >= 0) &&
    Array.isArray(saved.tried) &&
    saved.tried.every((error) => typeof error === "number") &&
    (saved.gamma === null ? saved.phase === "sample" || saved.phase === "tune" : saved.gamma > 0);
  if (!sound)
    throw new KaaykoError({ action: "resume the svm", rule: "its saved progress must be whole", kind: "damaged" });
  return structuredClone(saved);
}

const NOTES = { sample: "drawing a sample", tune: "choosing the bandwidth", done: "done" } as const;

/** Steps that a training is made of. */
export interface StepCounts {
  readonly train: number;
  readonly sampleSteps: number;
  /** Blocks of held-out rows that end an epoch; 0 where there are none. */
  readonly heldOut: number;
}

/** What a step tells: where the training stands, of how many steps, and what was measured. */
export function reportOf(
  { phase, step, epoch }: Progress,
  { epochs, batchSize, gamma }: Settings,
  { train, sampleSteps, heldOut }: StepCounts,
  metrics: Record<string, number>,
): StepReport {
  const before = sampleSteps + (gamma === null ? GAMMA_FACTORS.length : 0);
  const total = before + epochs * (Math.ceil(train / batchSize) + 1 + (heldOut > 0 ? heldOut + 1 : 0));
  return {
    done: phase === "done",
    step,
    total: phase === "done" ? step : Math.max(step + 1, total),
    unit: "batch",
    metrics,
    note:
      phase === "train" || phase === "validate" ? `epoch ${Math.min(epoch + 1, epochs)} of ${epochs}` : NOTES[phase],
  };
}
