import { type JsonObject, parseJson } from "../core/index.ts";
import type { Job, JobProgress } from "./job.ts";
import type { Heartbeat } from "./queue.ts";

/** A heartbeat's text. The time makes each differ; whether it changes shows that its owner lives. */
export function writeBeat(job: Job, beat: Heartbeat, now: Date): string {
  const count = Math.trunc(performance.now() * 1000);
  return JSON.stringify({ attempt: job.attempts, at: now.toISOString(), count, progress: beat.progress });
}

/** What a heartbeat says of the attempt that runs; undefined where it is torn or another attempt's. */
export function parseBeat(text: string | undefined, job: Job): Heartbeat | undefined {
  if (text === undefined) return undefined;
  try {
    const beat = parseJson(text, "a heartbeat") as JsonObject;
    return beat.attempt === job.attempts ? { progress: parseProgress(beat.progress) } : undefined;
  } catch {
    return undefined;
  }
}

/** Progress as another process said it; null for what is none. */
export function parseProgress(value: unknown): JobProgress | null {
  if (value === null || typeof value !== "object") return null;
  const { stage, subject, step, total, secondsLeft } = value as Record<string, unknown>;
  if (typeof stage !== "string" || !isAmount(step)) return null;
  return {
    stage: stage.slice(0, 200),
    subject: typeof subject === "string" ? subject.slice(0, 200) : null,
    step,
    total: isAmount(total) ? total : null,
    secondsLeft: isAmount(secondsLeft) ? secondsLeft : null,
  };
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}
