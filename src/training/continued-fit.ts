import {
  canonicalJson,
  type JsonObject,
  nestState,
  type State,
  type TrainerContext,
  unnestState,
} from "../core/index.ts";

/**
 * Where a fit ended, kept with its result where the algorithm says that a later fit which asks for more can go on from there
 * (`Algorithm.growsWith`): the trainer's state, and everything that a fit must have in common with it.
 */
export interface FitEnd {
  readonly trainer: State;
  readonly history: JsonObject;
  readonly seconds: number;
  /** Steps made, and at most how many were to be made. */
  readonly steps: number;
  readonly limit: number | null;
}

const UNDER = "end";

/** The end of a fit as a part of its result. */
export function endToState(end: FitEnd, version: number, context: TrainerContext, growsWith: string): State {
  const { trainer, ...rest } = end;
  const nested = nestState("trainer", trainer);
  const common = commonOf(version, context, growsWith);
  return nestState(UNDER, { ...nested, json: { ...nested.json, ...rest, common } });
}

/** True for the arrays of a result that belong to the end and not to the model. */
export function isOfEnd(name: string): boolean {
  return name.startsWith(`${UNDER}/`);
}

/** Where an earlier fit ended, if this one would have passed through the same state; undefined where it would not have. */
export function endToGoOnFrom(
  before: State | undefined,
  version: number,
  context: TrainerContext,
  growsWith: string,
): FitEnd | undefined {
  const end = before === undefined ? undefined : unnestState(UNDER, before);
  const trainer = end === undefined ? undefined : unnestState("trainer", end);
  if (end === undefined || trainer === undefined) return undefined;
  const { history, seconds, steps, limit, common } = end.json;
  if (canonicalJson(common) !== canonicalJson(commonOf(version, context, growsWith))) return undefined;
  if (typeof steps !== "number" || typeof seconds !== "number") return undefined;
  const asked = context.parameters[growsWith];
  // Made with an adaptive limit, it can be gone on with under the same one, or one that is no lower.
  if (typeof asked === "number" && asked < steps) return undefined;
  if (typeof asked !== "number" && limit !== null && typeof limit !== "number") return undefined;
  return { trainer, history: (history ?? {}) as JsonObject, seconds, steps, limit: (limit ?? null) as number | null };
}

/** How many steps the fit of a result was to make at most; undefined where that was not kept. */
export function limitOfResult(result: State | undefined): number | undefined {
  const end = result === undefined ? undefined : unnestState(UNDER, result);
  return typeof end?.json.limit === "number" ? end.json.limit : undefined;
}

/** What two fits must have in common to pass through the same states, beside the setting that one of them may have more of. */
export function commonOf(
  version: number,
  { parameters, seed, dataset }: TrainerContext,
  growsWith?: string,
): JsonObject {
  const others = Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== growsWith));
  const { train, validation } = dataset.rows;
  return { version, seed, parameters: others as JsonObject, rows: { train, validation } };
}
