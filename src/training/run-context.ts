import {
  type CheckpointPosition,
  canonicalJson,
  type JsonObject,
  joinStates,
  KaaykoError,
  type State,
} from "../core/index.ts";
import { CommitLog } from "./commit-log.ts";
import { type CustomProgress, type CustomStage, isState, type StageName } from "./custom-stage.ts";
import { documentToJson, type ResumePoint, type TrainDocument } from "./document.ts";
import { drive, RunInterrupted } from "./drive.ts";
import type { TrainingOptions } from "./options.ts";
import type { Preparation, PreparedData, Stage } from "./preparation.ts";
import { refuseResume } from "./request.ts";
import type { RunRecord } from "./run-record.ts";
import { StageClock } from "./stage-clock.ts";
import type { SequenceStage } from "./train-stage.ts";

const STAGE_NAMES: readonly StageName[] = ["load", "features", "train", "evaluate", "save"];

/** A run in work: its record, and how its stages are driven, resumed and left. */
export class RunContext {
  readonly options: TrainingOptions;
  readonly record: RunRecord;
  readonly resumedFrom: ResumePoint | null;
  readonly preparation: Preparation;
  readonly notify: (message: string) => void;
  readonly #stages: Stage<unknown>[] = [];
  readonly #commits: CommitLog;
  readonly #names: readonly string[];

  constructor(options: TrainingOptions, record: RunRecord) {
    this.options = options;
    this.record = record;
    const said = new Set<string>();
    this.notify = (message) => {
      if (!said.has(message)) options.observer.notice(message);
      said.add(message);
    };
    this.preparation = options.preparation;
    this.#commits = new CommitLog(options.session);
    this.resumedFrom = resumePoint(options);
    this.#names = stageNames(options.customStages ?? []);
    for (const warning of options.session.warnings) this.#warn(warning);
    if (this.resumedFrom !== null) options.session.event({ type: "resumed", ...this.resumedFrom });
  }

  get runId(): string {
    return this.options.session.runId;
  }

  get seed(): number {
    return this.options.settings.seed as number;
  }

  get recipe(): string | null {
    return this.options.recipe?.name ?? null;
  }

  /** Runs a stage to its end, from where it was left, and gives its product. A stage that was finished runs no step. */
  async stage<T>(name: StageName, create: () => Promise<Stage<T>>): Promise<T> {
    if (this.record.stages.get(name)?.done !== true) this.#begin(name);
    const clock = new StageClock(this.record.stages.get(name));
    let stage = await create();
    this.#stages.push(stage);
    try {
      await this.#restore(name, stage);
    } catch (error) {
      if (this.options.forkFrom === undefined) throw error;
      // What does not fit any more is done again.
      this.record.forget(STAGE_NAMES.slice(STAGE_NAMES.indexOf(name)));
      this.#begin(name);
      stage = await create();
      this.#stages.push(stage);
    }
    const { record } = this;
    if (record.stages.get(name)?.done === true) return stage.product();
    await this.#drive(name, stage, clock);
    const product = await stage.product();
    clock.sample();
    const timing = clock.read();
    record.setStage(name, { ...record.stages.get(name)!, ...timing }, record.stageState(name)!);
    this.options.session.event({ type: "stageDone", stage: name, ...timing });
    return product;
  }

  async #restore(name: StageName, stage: Stage<unknown>): Promise<void> {
    const before = this.record.stages.get(name);
    if (before === undefined) return;
    if (before.version !== stage.version)
      throw refuseResume([`stage ${name}: version ${before.version} before, ${stage.version} now`]);
    await stage.setState(this.record.stageState(name)!);
  }

  /** Runs the user's own stages that follow a built-in one. */
  async customStages(after: StageName, data: PreparedData | null): Promise<void> {
    for (const stage of this.options.customStages ?? [])
      if ((stage.after ?? "features") === after && this.record.stages.get(stage.name)?.done !== true)
        await this.#runCustom(stage, data);
  }

  /** Refuses to go on with data other than the run's. */
  checkFingerprint(fingerprint: string): void {
    const { record } = this;
    if (record.fingerprint !== null && record.fingerprint !== fingerprint)
      throw refuseResume([
        `data: fingerprint ${record.fingerprint.slice(0, 12)} before, ${fingerprint.slice(0, 12)} now`,
      ]);
    record.fingerprint = fingerprint;
  }

  refuseGateWithoutTest(rule: string): never {
    throw new KaaykoError({
      action: `judge the champion by ${rule}`,
      rule: "there must be test rows",
      remedy: "Use --test FILE or a --test-size over 0.",
      kind: "usage",
    });
  }

  /** Commits the document as the last word of the run, and waits until that is durable. */
  async finish(document: TrainDocument): Promise<TrainDocument> {
    this.record.document = document;
    const { session } = this.options;
    await this.#commits.commit({ stage: "done", step: 0 }, this.record.toState());
    await this.#commits.flush();
    session.event({ type: "done", status: document.status, modelSha256: document.modelSha256 });
    // In the order in which a resume of the finished run gives it.
    return JSON.parse(canonicalJson(documentToJson(document))) as TrainDocument;
  }

  environment(): JsonObject {
    const own = { node: process.version, platform: process.platform, architecture: process.arch };
    return { ...own, ...this.options.environment };
  }

  /** Gives back what the stages hold: files, threads, device memory. */
  async dispose(): Promise<void> {
    for (const stage of this.#stages.reverse()) await stage.dispose?.();
  }

  #begin(name: string): void {
    this.options.observer.stage(name, this.#names.indexOf(name), this.#names.length);
    this.options.session.event({ type: "stage", stage: name });
  }

  async #drive<T>(name: StageName, stage: Stage<T>, clock: StageClock): Promise<void> {
    const { session, observer, stop } = this.options;
    await drive(stage, {
      stage: name,
      session,
      commits: this.#commits,
      observer,
      stop: stop ?? (() => null),
      last: () => (stage as Partial<SequenceStage<T>>).last ?? null,
      commitEveryStep: name === "save",
      onStep: () => clock.sample(),
      state: async (done) => {
        this.record.setStage(name, { version: stage.version, done, ...clock.read() }, await stage.getState());
        return this.record.toState();
      },
    });
  }

  async #runCustom(stage: CustomStage, data: PreparedData | null): Promise<void> {
    this.#begin(stage.name);
    const clock = new StageClock(this.record.stages.get(stage.name));
    const mark = (done: boolean) =>
      this.record.setStage(stage.name, { version: 1, done, ...clock.read() }, { json: {}, arrays: {} });
    let last: CustomProgress = { step: 0 };
    const save = async (name: string, progress: CustomProgress, given: JsonObject | State) => {
      last = progress;
      this.record.saveCustom(name, progress, isState(given) ? joinStates(given) : { json: given, arrays: {} });
      this.options.session.event({ type: "step", stage: stage.name, subject: name, unit: "step", ...progress });
      clock.sample();
      mark(false);
      await this.#commitCustom(stage.name, progress);
    };
    await stage.run({ checkpoints: { save, load: (name) => this.record.loadCustom(name) }, data, seed: this.seed });
    mark(true);
    await this.#commitCustom(stage.name, last);
  }

  async #commitCustom(stage: string, { step, total, note }: CustomProgress): Promise<void> {
    const { stop } = this.options;
    const position: CheckpointPosition = {
      stage,
      step,
      ...(total === undefined ? {} : { total }),
      ...(note === undefined ? {} : { note }),
    };
    await this.#commits.commit(position, this.record.toState());
    const signal = stop?.() ?? null;
    if (signal === null) return;
    await this.#commits.flush();
    throw new RunInterrupted(signal);
  }

  #warn(message: string): void {
    this.record.warn(message);
    this.options.observer.warning(message);
  }
}

function resumePoint({ session, forkFrom }: TrainingOptions): ResumePoint | null {
  const checkpoint = session.latest ?? forkFrom;
  if (checkpoint === undefined) return null;
  const { position, sequence } = checkpoint;
  const { stage, step, note } = position;
  return { stage, step, sequence, ...(note === undefined ? {} : { note }) };
}

/** All stages of the run in their order, the user's own among them. */
function stageNames(custom: readonly CustomStage[]): string[] {
  return STAGE_NAMES.flatMap((name) => [
    name,
    ...custom.filter((stage) => (stage.after ?? "features") === name).map((stage) => stage.name),
  ]);
}
