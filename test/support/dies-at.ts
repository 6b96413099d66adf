import { fileURLToPath } from "node:url";

const PRELOADED = fileURLToPath(new URL("./die-at.cjs", import.meta.url));

/** The stages in the order of a run. */
export const STAGES: readonly string[] = ["load", "features", "train", "evaluate", "save", "done"];

/** A line of a run's own log. */
export interface LoggedEvent {
  readonly type: string;
  readonly stage: string;
  readonly subject?: string;
  readonly step: number;
}

/** Where a process gets a signal. */
export type Place =
  /** Once its log has this event on disk, or one of its type behind it. */
  | { readonly on: "log"; readonly point: LoggedEvent }
  /** Once it has said this on stderr. */
  | { readonly on: "stderr"; readonly text: string }
  /** Once it has put a file under this name for the n-th time. */
  | { readonly on: "rename"; readonly file: string; readonly times: number };

export interface Death {
  /** Default SIGKILL. */
  readonly signal?: NodeJS.Signals;
  /** Default the process itself; its children inherit its environment. */
  readonly whom?: "itself" | "parent";
  /** A file that is made with the signal and forbids the next one. Default: none. */
  readonly once?: string;
}

/** The environment in which a process of Node gets a signal at a place, sent by itself so that it cannot come too late. */
export function diesAt(place: Place, { signal = "SIGKILL", whom = "itself", once }: Death = {}): NodeJS.ProcessEnv {
  const stages = place.on === "log" ? STAGES : undefined;
  const options = `${process.env.NODE_OPTIONS ?? ""} --require ${JSON.stringify(PRELOADED)}`.trim();
  return { NODE_OPTIONS: options, DIES_AT: JSON.stringify({ ...place, stages, signal, whom, once }) };
}
