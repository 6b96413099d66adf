import {
  type Dataset,
  type JsonObject,
  KaaykoError,
  type ModelContent,
  nestState,
  type ParameterValues,
  type Predictor,
  primaryMetric,
  type State,
  type StepReport,
  unnestState,
} from "../../core/index.ts";
import { contentOfResult, secondsOfResult } from "../fit.ts";
import { createScore, metricsOfResult } from "../score.ts";
import type { Work } from "../sequence.ts";
import { type Curve, EMPTY_CURVE, extendCurve, shouldPrune } from "./pruning.ts";

/** What a trial is made of. */
export interface TrialPlan {
  readonly dataset: Dataset;
  /** Everything that decides the trial's result beside the trials before it, to know it by in a run that asks for more trials. */
  readonly common: JsonObject;
  /** The searched settings, for the record. */
  readonly settings: ParameterValues;
  readonly fit: Work;
  readonly createPredictor: (content: ModelContent) => Promise<Predictor>;
  /** Curves of the trials that came to their end before. */
  readonly others: readonly Curve[];
}

/** One trial: a fit, given up early where it falls behind, then a score on the held-out rows. The model is not kept. */
export class Trial implements Work {
  readonly version: number;
  readonly #plan: TrialPlan;
  readonly #metric: { readonly name: string; readonly higherIsBetter: boolean };
  #curve: Curve = EMPTY_CURVE;
  #steps = 0;
  #fitSteps = 0;
  #prunedAt: number | null = null;
  /** What the fit gave, once it is done. */
  #model: State | null = null;
  #score: Work | null = null;
  #value: number | null = null;

  constructor(plan: TrialPlan) {
    this.#plan = plan;
    this.version = plan.fit.version;
    this.#metric = primaryMetric(plan.dataset.task.kind);
  }

  async step(): Promise<StepReport> {
    const report = this.#model === null ? await this.#fitStep() : await this.#scoreStep();
    this.#steps++;
    return { ...report, step: this.#steps };
  }

  async #fitStep(): Promise<StepReport> {
    const report = await this.#plan.fit.step();
    this.#fitSteps = report.step;
    const reported = report.metrics?.[`validation.${this.#metric.name}`];
    if (reported !== undefined) this.#curve = extendCurve(this.#curve, this.#loss(reported));
    if (report.done || (reported !== undefined && shouldPrune(this.#curve, this.#plan.others))) {
      if (!report.done) {
        this.#prunedAt = report.step;
        return { ...report, done: true, note: "given up: others were better by then" };
      }
      this.#model = await this.#plan.fit.result();
    }
    return { ...report, done: false };
  }

  async #scoreStep(): Promise<StepReport> {
    const score = await this.#openScore();
    const report = await score.step();
    if (!report.done) return report;
    this.#value = metricsOfResult(await score.result()).values[this.#metric.name] ?? null;
    if (this.#value === null) return report;
    return { ...report, metrics: { [`trial.${this.#metric.name}`]: this.#value } };
  }

  async #openScore(): Promise<Work> {
    if (this.#score !== null) return this.#score;
    const predictor = await this.#plan.createPredictor(contentOfResult(this.#model!));
    this.#score = createScore({ dataset: this.#plan.dataset, role: "validation", predictor });
    return this.#score;
  }

  #loss(value: number): number {
    return this.#metric.higherIsBetter ? -value : value;
  }

  async getState(): Promise<State> {
    const inner =
      this.#model === null
        ? nestState("fit", await this.#plan.fit.getState())
        : nestState("model", { ...this.#model, appendOnly: Object.keys(this.#model.arrays) });
    const scored = this.#score === null ? null : nestState("score", await this.#score.getState());
    return {
      json: {
        ...inner.json,
        ...scored?.json,
        steps: this.#steps,
        fitSteps: this.#fitSteps,
        curve: this.#curve as unknown as JsonObject,
      },
      arrays: { ...inner.arrays, ...scored?.arrays },
      appendOnly: inner.appendOnly ?? [],
    };
  }

  async setState(state: State): Promise<void> {
    const { steps, fitSteps, curve } = state.json;
    const fit = unnestState("fit", state);
    const model = unnestState("model", state);
    if (typeof steps !== "number" || typeof fitSteps !== "number" || (fit ?? model) === undefined)
      throw new KaaykoError({ action: "continue a trial", rule: "its state must be whole", kind: "damaged" });
    if (fit !== undefined) await this.#plan.fit.setState(fit);
    this.#model = model ?? null;
    const score = unnestState("score", state);
    if (score !== undefined) await (await this.#openScore()).setState(score);
    this.#steps = steps;
    this.#fitSteps = fitSteps;
    this.#curve = curve as unknown as Curve;
  }

  async result(): Promise<State> {
    const { settings } = this.#plan;
    const pruned = this.#prunedAt === null ? {} : { prunedAt: this.#prunedAt };
    const lowest = this.#curve.last;
    const reached = lowest === null ? null : this.#loss(lowest);
    const facts = {
      settings,
      value: this.#prunedAt === null ? this.#value : reached,
      steps: this.#fitSteps,
      seconds: secondsOfResult(this.#model ?? (await this.#plan.fit.result())),
      curve: this.#curve,
      common: this.#plan.common,
      ...pruned,
    };
    return { json: JSON.parse(JSON.stringify(facts)) as JsonObject, arrays: {} };
  }

  async dispose(): Promise<void> {
    await this.#score?.dispose?.();
    await this.#plan.fit.dispose?.();
  }
}
