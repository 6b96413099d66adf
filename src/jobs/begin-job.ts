import type { JsonObject } from "../core/index.ts";
import type { JobProgress } from "./job.ts";

/** What a job's process has of the worker that started it. */
export interface JobBeginning {
  readonly message: JsonObject;
  /** Tells how far it is. Never throws. */
  readonly report: (progress: JobProgress) => void;
}

/**
 * Waits in a job's process until it may begin. From then on it is asked to save and end (SIGTERM to itself) once the worker
 * is gone: the next worker goes on, never two at once. Ends the process where the worker is gone before.
 */
export function beginJob(): Promise<JobBeginning> {
  return new Promise((resolve) => {
    process.once("disconnect", () => process.exit(143));
    process.once("message", (message) => {
      process.removeAllListeners("disconnect");
      process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
      // Listening keeps the process alive; a job ends when its work does.
      process.channel?.unref();
      resolve({ message: (message as { begin: JsonObject }).begin, report });
    });
  });
}

function report(progress: JobProgress): void {
  if (process.connected) process.send?.({ progress }, () => undefined);
}
