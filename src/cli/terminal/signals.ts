import { constants } from "node:os";
import { Exit } from "./failure.ts";
import type { Output } from "./output.ts";

const WATCHED = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
export type StopSignalName = (typeof WATCHED)[number];

/** Listens while something runs that can stop after its current step. */
export interface SignalWatch {
  /** Aborted by the first signal, with the signal's name as its reason. */
  readonly stop: AbortSignal;
  /** The exit code of the signal that came, or undefined. */
  exitCode(): number | undefined;
  /** Gives the signals back to their default. */
  release(): void;
}

/**
 * Turns the first Ctrl-C (or SIGTERM, SIGHUP) into a wish to stop and the second into an immediate end: nothing that was
 * committed is lost by it.
 *
 * @param intention what the first signal makes it do: "finishing the step, saving"
 */
export function watchSignals(output: Output, intention: string): SignalWatch {
  const controller = new AbortController();
  let received: StopSignalName | undefined;
  const listener = (signal: NodeJS.Signals): void => {
    if (received !== undefined) process.exit(exitCodeOf(signal));
    received = signal as StopSignalName;
    const how = signal === "SIGINT" ? "Ctrl-C again" : "a second signal";
    output.say(`${intention}; ${how} to stop at once`);
    controller.abort(signal);
  };
  for (const signal of WATCHED) process.on(signal, listener);
  return {
    stop: controller.signal,
    exitCode: () => (received === undefined ? undefined : exitCodeOf(received)),
    release: () => {
      for (const signal of WATCHED) process.off(signal, listener);
    },
  };
}

/**
 * Runs something under a signal watch. Where a signal came and it threw, the signal explains it: the exit code is the
 * signal's.
 */
export async function withSignals<T>(
  output: Output,
  intention: string,
  body: (watch: SignalWatch) => Promise<T>,
): Promise<T> {
  const watch = watchSignals(output, intention);
  try {
    return await body(watch);
  } catch (error) {
    const code = watch.exitCode();
    if (code !== undefined && error instanceof Error && error.name === "AbortError") throw new Exit(code);
    throw error;
  } finally {
    watch.release();
  }
}

function exitCodeOf(signal: string): number {
  return 128 + (constants.signals[signal as NodeJS.Signals] ?? 2);
}
