import {
  canonicalJson,
  type JsonObject,
  joinStates,
  KaaykoError,
  nestState,
  type State,
  unnestState,
} from "../core/index.ts";
import type { CustomProgress } from "./custom-stage.ts";
import type { TrainDocument } from "./document.ts";
import type { TrainingRequest } from "./options.ts";
import { frozen } from "./sequence.ts";

const FORMAT_VERSION = 1;

interface StageRecord {
  version: number;
  done: boolean;
  seconds: number;
  peakRssBytes: number;
}

/**
 * Everything that a run carries from checkpoint to checkpoint: what was asked, the state of each stage that was begun, what
 * user code saved, times and warnings, and at the end the document.
 */
export class RunRecord {
  readonly request: TrainingRequest;
  readonly stages = new Map<string, StageRecord>();
  readonly #states = new Map<string, State>();
  readonly #custom = new Map<string, { progress: CustomProgress; data: State }>();
  readonly warnings: string[] = [];
  fingerprint: string | null = null;
  /** The training stage's results of the run that this one was forked from, until this one's own training is done. */
  previous: State | null = null;
  document: TrainDocument | null = null;

  constructor(request: TrainingRequest) {
    this.request = request;
  }

  stageState(name: string): State | undefined {
    return this.#states.get(name);
  }

  setStage(name: string, record: StageRecord, state: State): void {
    this.stages.set(name, record);
    this.#states.set(name, state);
  }

  /** Forgets stages, so that they begin anew. */
  forget(names: readonly string[]): void {
    for (const name of names) {
      this.stages.delete(name);
      this.#states.delete(name);
    }
    if (names.includes("load")) this.fingerprint = null;
    this.document = null;
  }

  saveCustom(name: string, progress: CustomProgress, data: State): void {
    this.#custom.set(name, { progress, data });
  }

  loadCustom(name: string): { progress: CustomProgress; data: State } | null {
    return this.#custom.get(name) ?? null;
  }

  warn(message: string): void {
    if (!this.warnings.includes(message)) this.warnings.push(message);
  }

  toState(): State {
    const json = {
      formatVersion: FORMAT_VERSION,
      request: this.request,
      stages: Object.fromEntries(this.stages),
      custom: Object.fromEntries([...this.#custom].map(([name, { progress }]) => [name, progress])),
      warnings: this.warnings,
      fingerprint: this.fingerprint,
      document: this.document,
    };
    const states = [...this.#states].map(([name, state]) =>
      nestState(name, this.stages.get(name)?.done === true ? frozen(state) : state),
    );
    const custom = [...this.#custom].map(([name, { data }]) => nestState(name, frozen(data)));
    return joinStates(
      { json: { run: JSON.parse(canonicalJson(json)) as JsonObject }, arrays: {} },
      nestState("stages", joinStates(...states)),
      nestState("custom", joinStates(...custom)),
      ...(this.previous === null || this.stages.get("train")?.done === true
        ? []
        : [nestState("previous", frozen(this.previous))]),
    );
  }

  static fromState(state: State): RunRecord {
    const run = state.json.run as unknown as RunJson | undefined;
    const stages = unnestState("stages", state);
    const custom = unnestState("custom", state);
    if (run?.formatVersion !== FORMAT_VERSION || stages === undefined || custom === undefined)
      throw new KaaykoError({
        action: "resume this run",
        rule: `its checkpoint must be of format ${FORMAT_VERSION}`,
        kind: "damaged",
      });
    const record = new RunRecord(run.request);
    for (const [name, stage] of Object.entries(run.stages))
      record.setStage(name, stage, unnestState(name, stages) ?? { json: {}, arrays: {} });
    for (const [name, progress] of Object.entries(run.custom))
      record.saveCustom(name, progress, unnestState(name, custom) ?? { json: {}, arrays: {} });
    record.warnings.push(...run.warnings);
    record.fingerprint = run.fingerprint;
    record.document = run.document;
    record.previous = unnestState("previous", state) ?? null;
    return record;
  }
}

interface RunJson {
  readonly formatVersion: number;
  readonly request: TrainingRequest;
  readonly stages: Readonly<Record<string, StageRecord>>;
  readonly custom: Readonly<Record<string, CustomProgress>>;
  readonly warnings: readonly string[];
  readonly fingerprint: string | null;
  readonly document: TrainDocument | null;
}
