import {
  type JsonObject,
  joinStates,
  KaaykoError,
  nestState,
  type Resumable,
  type State,
  type StepReport,
  unnestState,
} from "../core/index.ts";

/** Work that ends in a result of plain data. */
export interface Work extends Resumable {
  /** Called once, after the step that reported `done`. */
  result(): Promise<State>;
  dispose?(): Promise<void>;
}

export type Results = ReadonlyMap<string, State>;

/** One part of a sequence. */
export interface Part {
  /** Unique in the sequence, without a slash. */
  readonly name: string;
  /** For a person: "xgboost, fold 2 of 5". */
  readonly subject: string;
  /** Makes the work when its turn comes, from what earlier parts gave. Must give the same for the same results. */
  create(results: Results): Promise<Work>;
  /** True where the part has nothing to do. Must depend on the results only. */
  skip?(results: Results): boolean;
  /** Turns an error of the part into its result, so that the sequence goes on. Without it the error ends the sequence. */
  recover?(error: unknown): State;
  /** Results of earlier parts that nobody needs after this one. */
  readonly drops?: readonly string[];
}

interface Finished {
  readonly name: string;
  readonly steps: number;
}

/**
 * Runs parts one after another as one Resumable. Its state holds the results so far and the state of the part in work; a
 * part that was finished is never repeated. Array names carry the part's name, so append-only arrays stay append-only.
 */
export class Sequence implements Resumable {
  readonly version = 1;
  readonly #parts: readonly Part[];
  readonly #unit: string;
  readonly #results = new Map<string, State>();
  readonly #finished: Finished[] = [];
  #work: Work | null = null;
  #workSteps = 0;
  #last: { subject: string; report: StepReport } | null = null;

  /** @param unit what a step is called where there is no part at all */
  constructor(parts: readonly Part[], unit: string) {
    this.#parts = parts;
    this.#unit = unit;
  }

  get results(): Results {
    return this.#results;
  }

  /** What the last step worked on, and its own report. */
  get last(): { readonly subject: string; readonly report: StepReport } | null {
    return this.#last;
  }

  async step(): Promise<StepReport> {
    const part = this.#next();
    if (part === undefined) return { done: true, step: this.#steps(), unit: this.#unit };
    let report: StepReport;
    try {
      this.#work ??= await part.create(this.#results);
      report = await this.#work.step();
      if (report.done) await this.#finish(part, report.step, await this.#work.result());
    } catch (error) {
      if (part.recover === undefined) throw error;
      report = { done: true, step: this.#workSteps + 1, unit: this.#unit, note: "failed" };
      await this.#finish(part, report.step, part.recover(error));
    }
    if (!report.done) this.#workSteps = report.step;
    this.#last = { subject: part.subject, report };
    const { total: _, ...rest } = report;
    return { ...rest, done: this.#next() === undefined, step: this.#steps() };
  }

  async getState(): Promise<State> {
    const results = [...this.#results].map(([name, state]) => nestState(name, frozen(state)));
    const parts: State[] = [nestState("results", joinStates(...results))];
    const json: JsonObject = { finished: this.#finished.map(({ name, steps }) => ({ name, steps })), working: null };
    if (this.#work !== null) {
      const { name } = this.#next()!;
      json.working = { name, version: this.#work.version, steps: this.#workSteps };
      parts.push(nestState("work", nestState(name, await this.#work.getState())));
    }
    return joinStates({ json, arrays: {} }, ...parts);
  }

  async setState(state: State): Promise<void> {
    const finished = state.json.finished;
    const results = unnestState("results", state);
    if (!Array.isArray(finished) || results === undefined) throw unfit("its finished parts must be there");
    for (const entry of finished as unknown as Finished[]) {
      const part = this.#next();
      if (part?.name !== entry.name || typeof entry.steps !== "number")
        throw unfit(`part ${part?.name ?? "none"} must come next`, String(entry.name));
      const result = unnestState(entry.name, results);
      if (result !== undefined) this.#results.set(entry.name, result);
      this.#finished.push({ name: entry.name, steps: entry.steps });
    }
    if (state.json.working !== null) await this.#restoreWork(state);
  }

  async dispose(): Promise<void> {
    const work = this.#work;
    this.#work = null;
    await work?.dispose?.();
  }

  async #restoreWork(state: State): Promise<void> {
    const { name, version, steps } = state.json.working as { name?: unknown; version?: unknown; steps?: unknown };
    const part = this.#next();
    const inner = unnestState("work", state);
    const own = typeof name === "string" && inner !== undefined ? unnestState(name, inner) : undefined;
    if (part === undefined || part.name !== name || own === undefined || typeof steps !== "number")
      throw unfit(`part ${part?.name ?? "none"} must come next`, String(name));
    const work = await part.create(this.#results);
    if (work.version !== version) {
      await work.dispose?.();
      throw unfit(`${part.subject} must be of version ${work.version}`, String(version));
    }
    await work.setState(own);
    this.#work = work;
    this.#workSteps = steps;
  }

  /** The part in work or to be worked on: the first that is neither finished nor skipped. */
  #next(): Part | undefined {
    const last = this.#finished.at(-1);
    const from = last === undefined ? 0 : this.#parts.findIndex((part) => part.name === last.name) + 1;
    return this.#parts.slice(from).find((part) => part.skip?.(this.#results) !== true);
  }

  async #finish(part: Part, steps: number, result: State): Promise<void> {
    const work = this.#work;
    this.#work = null;
    this.#workSteps = 0;
    this.#finished.push({ name: part.name, steps });
    for (const name of part.drops ?? []) this.#results.delete(name);
    this.#results.set(part.name, result);
    await work?.dispose?.();
  }

  #steps(): number {
    return this.#finished.reduce((sum, { steps }) => sum + steps, 0) + this.#workSteps;
  }
}

/** The results in the state of a sequence, as one state; undefined where it holds none. */
export function resultsState(state: State | undefined): State | undefined {
  return state === undefined ? undefined : unnestState("results", state);
}

/** The results of `resultsState`, by the names of their parts. */
export function resultsOfState(results: State | null): Results {
  const names = results === null ? [] : Object.keys(results.json);
  return new Map(names.map((name) => [name, unnestState(name, results!)!]));
}

/** A state that will not change any more, said so: a store then writes its arrays once only. */
export function frozen(state: State): State {
  return { ...state, appendOnly: Object.keys(state.arrays) };
}

function unfit(rule: string, got?: string): KaaykoError {
  return new KaaykoError({
    action: "continue this stage",
    rule,
    ...(got === undefined ? {} : { got }),
    kind: "input",
    remedy: "Go back to the settings and the version that the run began with, or use --fork.",
  });
}
