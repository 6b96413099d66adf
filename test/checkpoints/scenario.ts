import { type CheckpointStore, createRun, type LeaseOptions, openRun } from "../../src/checkpoints/index.ts";
import { type CheckpointSession, canonicalJson, hashState, type State } from "../../src/core/index.ts";

/** No beats between the calls of a test, and a clock on which every owner that cannot be proved dead is long gone. */
export function impatient(): LeaseOptions {
  let now = 0;
  return {
    heartbeatMs: 100_000_000,
    clock: () => {
      now += 1e6;
      return now;
    },
  };
}

/** The state of a training after a step: an ensemble that grows, scores that change, a table that stays, some JSON. */
export function stateAt(step: number): State {
  return {
    json: { step, history: Array.from({ length: step }, (_, i) => i / 8) },
    arrays: {
      trees: Float32Array.from({ length: 40 * step }, (_, i) => Math.sin(i)),
      nodes: Int32Array.from({ length: 7 * step }, (_, i) => i * 3),
      scores: Float64Array.from({ length: 50 }, (_, i) => step * 1000 + i),
      edges: Float32Array.from({ length: 30 }, (_, i) => i),
      empty: new Uint8Array(0),
    },
    appendOnly: ["trees", "nodes"],
  };
}

export const hashAt = (step: number): string => hashState(stateAt(step));

export async function commitSteps(
  session: CheckpointSession,
  from: number,
  to: number,
  acknowledged: (step: number) => void = () => undefined,
): Promise<void> {
  for (let step = from; step <= to; step++) {
    await session.commit({ stage: "train", step, metrics: { "validation.rmse": 10 / step } }, stateAt(step));
    await session.flush();
    acknowledged(step);
  }
}

/** A run of some steps from its creation to its end. */
export async function trainRun(
  store: CheckpointStore,
  steps: number,
  acknowledged: (step: number) => void = () => undefined,
  runId = "run-1",
): Promise<void> {
  const options = { inThread: true, lease: impatient(), policy: { save: { kind: "steps", steps: 1 } as const } };
  const session = await createRun(store, { ...options, runId, run: { target: "price", runId } });
  await commitSteps(session, 1, steps, acknowledged);
  await session.close();
}

/** Opens a run, checks that what it loaded is exactly what some step committed, and returns that step; 0 for none. */
export async function loadedStep(
  store: CheckpointStore,
  runId = "run-1",
): Promise<{ step: number; warnings: readonly string[] }> {
  const session = await openRun(store, runId, { inThread: true, lease: impatient() });
  const { latest, warnings } = session;
  try {
    if (latest === null) return { step: 0, warnings };
    const { step } = latest.position;
    if (hashState(latest.state) !== hashAt(step)) throw new Error(`step ${step} came back changed`);
    if (canonicalJson(latest.state.appendOnly) !== '["nodes","trees"]') throw new Error("appendOnly came back changed");
    return { step, warnings };
  } finally {
    await session.close();
  }
}
