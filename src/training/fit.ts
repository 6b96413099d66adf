import {
  type Algorithm,
  type JsonObject,
  joinStates,
  KaaykoError,
  type LearningHistory,
  type ModelContent,
  nestState,
  type State,
  type StepReport,
  type Trainer,
  type TrainerContext,
  unnestState,
} from "../core/index.ts";
import { isObject } from "../core/json.ts";
import { endToGoOnFrom, endToState, type FitEnd, isOfEnd } from "./continued-fit.ts";
import { LearningHistoryRecorder } from "./learning-history.ts";
import type { Work } from "./sequence.ts";

/**
 * Fits one model: steps a trainer until it is done or its time is up, then keeps what it learnt as plain data.
 *
 * @param secondsAllowed training time, at least one step is made; null for no limit
 * @param before the result of a fit that asked for less, which this one goes on from where it would have passed through it
 */
export async function createFit(
  algorithm: Algorithm,
  context: TrainerContext,
  secondsAllowed: number | null,
  before?: State,
): Promise<Work> {
  const start = performance.now();
  const trainer = await algorithm.createTrainer(context);
  const seconds = (performance.now() - start) / 1000;
  const { growsWith } = algorithm;
  // A trainer that cannot say whether it is over cannot go on either.
  if (growsWith === undefined || trainer.finished === undefined) return new Fit(trainer, secondsAllowed, seconds);
  const from = endToGoOnFrom(before, trainer.version, context, growsWith);
  const keepEnd = (end: FitEnd): State => endToState(end, trainer.version, context, growsWith);
  return new Fit(trainer, secondsAllowed, seconds, { from, keepEnd });
}

/** Fits a model that is put together from others. */
export function createCombination(trainer: Trainer): Work {
  return new Fit(trainer, null, 0);
}

/** How a fit that can grow begins and ends. */
interface Growth {
  /** Where an earlier fit ended that this one goes on from. */
  readonly from: FitEnd | undefined;
  readonly keepEnd: (end: FitEnd) => State;
}

class Fit implements Work {
  readonly version: number;
  readonly #trainer: Trainer;
  readonly #secondsAllowed: number | null;
  readonly #history = new LearningHistoryRecorder();
  readonly #growth: Growth | undefined;
  #from: FitEnd | undefined;
  #last: Pick<StepReport, "step" | "total"> = { step: 0 };
  /** Over all processes, making the trainer included; metadata, decides nothing but the end of a time limit. */
  #seconds: number;

  constructor(trainer: Trainer, secondsAllowed: number | null, seconds: number, growth?: Growth) {
    this.#growth = growth;
    this.#from = growth?.from;
    this.#seconds = seconds;
    this.#trainer = trainer;
    this.#secondsAllowed = secondsAllowed;
    this.version = trainer.version;
  }

  async step(): Promise<StepReport> {
    if (this.#from !== undefined && (await this.#goOnFrom(this.#from))) return this.#over();
    const start = performance.now();
    const report = await this.#trainer.step();
    this.#last = report;
    this.#seconds += (performance.now() - start) / 1000;
    this.#history.add(report);
    if (report.done || this.#secondsAllowed === null || this.#seconds < this.#secondsAllowed) return report;
    return { ...report, done: true, note: "time limit reached" };
  }

  /** Takes up where an earlier fit ended; true where nothing is left to do. */
  async #goOnFrom(end: FitEnd): Promise<boolean> {
    this.#from = undefined;
    await this.#trainer.setState(end.trainer);
    this.#history.setState(end.history);
    this.#seconds += end.seconds;
    this.#last = { step: end.steps, ...(end.limit === null ? {} : { total: end.limit }) };
    const timeIsUp = this.#secondsAllowed !== null && this.#seconds >= this.#secondsAllowed;
    return timeIsUp || this.#trainer.finished?.() === true;
  }

  #over(): StepReport {
    return { ...this.#last, done: true, unit: "fit", note: "nothing more to learn" };
  }

  async getState(): Promise<State> {
    const nested = nestState("trainer", await this.#trainer.getState());
    const { step, total } = this.#last;
    const last = { step, ...(total === undefined ? {} : { total }) };
    return { ...nested, json: { ...nested.json, last, seconds: this.#seconds, history: this.#history.getState() } };
  }

  async setState(state: State): Promise<void> {
    const { seconds, history } = state.json;
    const inner = unnestState("trainer", state);
    if (typeof seconds !== "number" || inner === undefined)
      throw new KaaykoError({ action: "continue a fit", rule: "its state must be whole", kind: "damaged" });
    this.#from = undefined;
    const { step, total } = (state.json.last ?? { step: 0 }) as { step: number; total?: number };
    this.#last = { step, ...(total === undefined ? {} : { total }) };
    await this.#trainer.setState(inner);
    // Runs of the first version kept none.
    if (isObject(history)) this.#history.setState(history);
    this.#seconds += seconds;
  }

  async result(): Promise<State> {
    const result = contentToState(await this.#trainer.model(), this.#seconds, this.#history.history());
    return this.#growth === undefined ? result : joinStates(result, this.#growth.keepEnd(await this.#end()));
  }

  async #end(): Promise<FitEnd> {
    const { step: steps, total: limit = null } = this.#last;
    const trainer = await this.#trainer.getState();
    return { trainer, history: this.#history.getState(), seconds: this.#seconds, steps, limit };
  }

  dispose(): Promise<void> {
    return this.#trainer.dispose();
  }
}

/** A model as the result of a part. */
function contentToState(content: ModelContent, seconds: number, history: LearningHistory | null): State {
  const { algorithm, formatVersion, json } = content;
  const kept = history as JsonObject | null;
  return { json: { algorithm, formatVersion, content: json, seconds, history: kept }, arrays: content.arrays };
}

/** The model in a part's result. */
export function contentOfResult(result: State): ModelContent {
  const { algorithm, formatVersion, content } = result.json;
  if (typeof algorithm !== "string" || typeof formatVersion !== "number" || !isObject(content))
    throw new KaaykoError({ action: "read a fitted model", rule: "it must be whole", kind: "damaged" });
  const arrays = Object.fromEntries(Object.entries(result.arrays).filter(([name]) => !isOfEnd(name)));
  return { algorithm, formatVersion, json: content, arrays };
}

/** The numbers that a fit reported; null where it reported none. */
export function historyOfResult(result: State | undefined): LearningHistory | null {
  return (result?.json.history ?? null) as LearningHistory | null;
}

/** Seconds spent on a part; 0 where it says nothing. */
export function secondsOfResult(result: State | undefined): number {
  return typeof result?.json.seconds === "number" ? result.json.seconds : 0;
}

/** What `refitParameters` asks of a part's model: the plain part of a fit, or what a fold's score carried on. */
export function factsOfResult(result: State | undefined): JsonObject | undefined {
  const facts = result?.json.content ?? result?.json.model;
  return isObject(facts) ? facts : undefined;
}

/** What a last fit will ask of a fit, where its algorithm has one: the plain part of the model and the numbers on the way. */
export function refitFacts({ algorithm }: { readonly algorithm: Algorithm }, { json }: State): JsonObject {
  return algorithm.refitParameters === undefined ? {} : { model: json.content ?? null, history: json.history ?? null };
}
