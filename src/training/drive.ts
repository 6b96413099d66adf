import { setImmediate } from "node:timers/promises";
import type {
  CheckpointPosition,
  CheckpointSession,
  Resumable,
  RunObserver,
  RunProgress,
  State,
  StepReport,
} from "../core/index.ts";
import type { CommitLog } from "./commit-log.ts";
import { StepRate } from "./step-rate.ts";

/** A signal asked the run to stop; everything up to the last step is committed. */
export class RunInterrupted extends Error {
  override readonly name = "RunInterrupted";
  readonly signal: "SIGINT" | "SIGTERM";
  constructor(signal: "SIGINT" | "SIGTERM") {
    super(`interrupted by ${signal}`);
    this.signal = signal;
  }
}

export interface DriveOptions {
  readonly stage: string;
  readonly session: CheckpointSession;
  readonly commits: CommitLog;
  readonly observer: RunObserver;
  readonly stop: () => "SIGINT" | "SIGTERM" | null;
  /** The state of the whole run, with this stage's work as it stands; asked before a commit only. */
  readonly state: (done: boolean) => Promise<State>;
  /** What the last step worked on, where the work has several parts. */
  readonly last?: () => { readonly subject: string; readonly report: StepReport } | null;
  /** Commit after every step and wait for it: for work with effects outside the state. */
  readonly commitEveryStep?: boolean;
  /** Called after every step. */
  readonly onStep?: () => void;
}

/** Batches are counted in the log at most this often; other steps always. */
const BATCH_EVENT_MS = 50;
/** Signals, heartbeats and terminals get their turn at least this often. */
const BREATH_MS = 15;

/**
 * The one loop that drives everything long: step, log, commit where the policy says so, stop where a signal says so, until
 * the work is done. Whatever the policy says, the first step and the end of the work are committed and waited for, so that
 * from the first step in the log on there is something to resume, and that of this stage; and the first step on each
 * subject is committed as soon as no other commit is under way.
 *
 * @throws RunInterrupted once a stop was committed; whatever a step or the session throws
 */
export async function drive(work: Resumable, options: DriveOptions): Promise<void> {
  const { session, commits, stop } = options;
  const reporter = new StepReporter(options);
  const commit = async (report: StepReport): Promise<void> =>
    commits.commit(reporter.position(report), await options.state(report.done));
  let breathed = performance.now();
  let committed: string | undefined;
  for (let first = true; ; first = false) {
    const report = await work.step();
    const subject = options.last?.()?.subject ?? "";
    if (first) {
      await commit(report);
      await commits.flush();
      committed = subject;
    }
    reporter.report(report);
    options.onStep?.();
    if (performance.now() - breathed > BREATH_MS) {
      await setImmediate();
      breathed = performance.now();
    }
    commits.check();
    const signal = stop();
    const wait = report.done || signal !== null || options.commitEveryStep === true;
    const due = session.due(reporter.position(report)) || (subject !== committed && !commits.busy);
    if (!first && (wait || due)) {
      await commit(report);
      committed = subject;
      if (wait) await commits.flush();
    }
    if (signal !== null) throw new RunInterrupted(signal);
    if (report.done) return;
  }
}

/** Tells the observer and the log about steps. */
class StepReporter {
  readonly #options: DriveOptions;
  #subject: string | undefined;
  #began = performance.now();
  #rate: StepRate | null = null;
  #lastBatchEvent = Number.NEGATIVE_INFINITY;

  constructor(options: DriveOptions) {
    this.#options = options;
  }

  report(report: StepReport): void {
    const { stage, session, observer } = this.#options;
    const last = this.#options.last?.() ?? null;
    const inner = last?.report ?? report;
    const now = performance.now();
    if (last?.subject !== this.#subject || this.#rate === null) {
      this.#subject = last?.subject;
      this.#began = now;
      this.#rate = new StepRate(inner.step, now / 1000);
    }
    this.#rate.note(inner.step, now / 1000);
    const seconds = (now - this.#began) / 1000;
    const subject = this.#subject === undefined ? {} : { subject: this.#subject };
    observer.progress({ stage, ...subject, report: inner, seconds, ...timesOf(inner, this.#rate.secondsPerStep) });
    if (inner.unit === "batch" && !inner.done && now - this.#lastBatchEvent < BATCH_EVENT_MS) return;
    this.#lastBatchEvent = now;
    session.event({ type: "step", stage, ...subject, step: report.step, ...stepFacts(inner, last !== null) });
  }

  position(report: StepReport): CheckpointPosition {
    const last = this.#options.last?.() ?? null;
    const inner = last?.report ?? report;
    const of = inner.total === undefined ? "" : ` of ${inner.total}`;
    const note = last === null ? report.note : `${last.subject}, ${inner.unit} ${inner.step}${of}`;
    return {
      stage: this.#options.stage,
      step: report.step,
      ...(report.total === undefined ? {} : { total: report.total }),
      ...(note === undefined ? {} : { note }),
      ...(report.metrics === undefined ? {} : { metrics: finiteOnly(report.metrics) }),
    };
  }
}

function timesOf(
  { step, total }: StepReport,
  secondsPerStep: number | null,
): Pick<RunProgress, "secondsPerStep" | "secondsLeft"> {
  if (total === undefined || secondsPerStep === null) return { secondsPerStep };
  return { secondsPerStep, secondsLeft: Math.max(0, secondsPerStep * (total - step)) };
}

/** A diverging loss must not make a checkpoint impossible to write. */
function finiteOnly(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
}

function stepFacts(report: StepReport, inner: boolean): Record<string, unknown> {
  return {
    unit: report.unit,
    ...(inner ? { subjectStep: report.step } : {}),
    ...(report.total === undefined ? {} : { total: report.total }),
    ...(report.metrics === undefined ? {} : { metrics: report.metrics }),
    ...(report.done ? { done: true } : {}),
  };
}
