import type { JsonObject } from "../core/index.ts";

/** How far the work that a run is at has got, as its owner last said. For display only. */
export interface RunProgress {
  readonly stage: string;
  /** What the stage works on, such as "xgboost, fold 2 of 5"; null where it is one piece. */
  readonly subject: string | null;
  /** "tree", "batch", "file". */
  readonly unit: string;
  readonly step: number;
  readonly total: number | null;
  /** Steps a second over the last 20 s; null before two are known. */
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
}

const WINDOW_MS = 20_000;
const MAX_TEXT = 200;

/** Watches the lines of a run's log go by and says, when it is asked, how far the work has got and how fast it goes. */
export class ProgressMeter {
  #line: string | undefined;
  #subject = "";
  #samples: { readonly at: number; readonly step: number }[] = [];

  /** Every line of the log; costs nothing but a look whether it tells of a step. */
  note(line: string): void {
    if (line.includes('"type":"step"')) this.#line = line;
  }

  /** @param at milliseconds that only ever grow */
  read(at: number): RunProgress | null {
    const event = this.#line === undefined ? undefined : (JSON.parse(this.#line) as JsonObject);
    if (event === undefined || typeof event.stage !== "string") return null;
    const step = Number(event.subjectStep ?? event.step);
    const subject = typeof event.subject === "string" ? event.subject.slice(0, MAX_TEXT) : null;
    const perSecond = this.#rate(`${event.stage}/${subject}`, at, step);
    const total = typeof event.total === "number" ? event.total : null;
    const left = total === null || perSecond === null || perSecond === 0 ? null : (total - step) / perSecond;
    const unit = String(event.unit ?? "step").slice(0, MAX_TEXT);
    return { stage: event.stage.slice(0, MAX_TEXT), subject, unit, step, total, perSecond, secondsLeft: left };
  }

  #rate(subject: string, at: number, step: number): number | null {
    if (subject !== this.#subject) this.#samples = [];
    this.#subject = subject;
    this.#samples.push({ at, step });
    while (this.#samples.length > 2 && at - this.#samples[0]!.at > WINDOW_MS) this.#samples.shift();
    const first = this.#samples[0]!;
    return at > first.at && step > first.step ? (1000 * (step - first.step)) / (at - first.at) : null;
  }
}

/** The progress in a heartbeat; null where it tells of none, or was read while it was written. */
export function progressOfBeat(beat: string | undefined): RunProgress | null {
  try {
    const value = JSON.parse(beat?.split("\n")[1] ?? "null") as RunProgress | null;
    return isProgress(value) ? value : null;
  } catch {
    return null;
  }
}

function isProgress(value: RunProgress | null): boolean {
  if (value === null || typeof value !== "object") return false;
  const numbers = [value.total, value.perSecond, value.secondsLeft];
  const texts = [value.stage, value.unit, value.subject ?? ""];
  return (
    texts.every((text) => typeof text === "string") &&
    typeof value.step === "number" &&
    numbers.every((number) => number === null || (typeof number === "number" && number >= 0))
  );
}
