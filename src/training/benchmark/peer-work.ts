import {
  KaaykoError,
  type PeerBench,
  type PeerFit,
  type PeerRequest,
  type State,
  targetWidth,
} from "../../core/index.ts";
import { createMetrics } from "../../metrics/index.ts";
import { compactExamples } from "../compact.ts";
import type { Work } from "../sequence.ts";
import { type DrawnRows, drawnOutputs } from "./drawn-rows.ts";

/** How long a step waits for the other program before it reports. */
const PATIENCE_MS = 1000;

export interface PeerWorkOptions {
  readonly bench: PeerBench;
  readonly name: string;
  readonly request: Omit<PeerRequest, "signal">;
  readonly drawn: () => Promise<DrawnRows | null>;
}

/** Lets another program learn and predict, and judges it by our metrics. Interrupted, it begins that program again. */
export function createPeerWork({ bench, name, request, drawn }: PeerWorkOptions): Work {
  const stopping = new AbortController();
  let fit: Promise<PeerFit> | null = null;
  let step = 0;
  return {
    version: 1,
    async step() {
      fit ??= bench.fit(name, { ...request, signal: stopping.signal });
      const done = await settledWithin(fit, PATIENCE_MS);
      step++;
      return { done, step, unit: "second" };
    },
    getState: () => ({ json: { step }, arrays: {} }),
    setState: ({ json }) => {
      if (typeof json.step !== "number")
        throw new KaaykoError({ action: "go on with a benchmark", rule: "its state must be whole", kind: "damaged" });
      step = json.step;
    },
    result: async () => judged(await fit!, request, await drawn()),
    dispose: async () => {
      stopping.abort();
      await fit?.catch(() => {});
    },
  };
}

/** True once it is settled; its error is thrown. */
async function settledWithin(work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([work.then(() => true), patience]);
  } finally {
    clearTimeout(timer);
  }
}

async function judged(
  { predictions, ...speeds }: PeerFit,
  { judge, role }: Pick<PeerRequest, "judge" | "role">,
  drawn: DrawnRows | null,
): Promise<State> {
  const metrics = createMetrics(judge.task);
  const stream = await judge.stream(role, { batchRows: 16_384, shuffle: null });
  const width = predictions.length / judge.rows[role];
  let at = 0;
  try {
    for (let batch = await stream.next(); batch !== null; batch = await stream.next()) {
      const { table, target, weight } = compactExamples(batch, targetWidth(judge.task));
      const own = predictions.subarray(at * width, (at + table.rows) * width);
      metrics.add({ rows: table.rows, predictions: own, target, weight });
      at += table.rows;
    }
  } finally {
    await stream.close();
  }
  const arrays = drawn === null ? {} : { value: drawnOutputs(judge.task, drawn, predictions, 0).value };
  return { json: { ...speeds, metrics: { ...metrics.result().values } }, arrays };
}
