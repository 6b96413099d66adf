import type { JsonObject } from "./json.ts";
import type { TypedArray } from "./typed-arrays.ts";

/** Everything that a Resumable needs to go on: plain JSON and named typed arrays. Immutable once handed out. */
export interface State {
  readonly json: JsonObject;
  readonly arrays: Readonly<Record<string, TypedArray>>;
  /**
   * Names of arrays that only ever grow at their end between two states of the same object, so that a store may write
   * only what was appended since the last commit. Default none.
   */
  readonly appendOnly?: readonly string[];
}

/** What one step did. */
export interface StepReport {
  /** True when there is nothing left to do; `step` must not be called again. */
  readonly done: boolean;
  /** Steps done so far, counted from the very beginning, not from a resume. Grows by one with every call that did work. */
  readonly step: number;
  /** Steps in all, where known. */
  readonly total?: number;
  /** What a step is: "tree", "batch", "fold", "chunk", "block", "file". */
  readonly unit: string;
  /** Numbers worth showing or logging, such as `{ "validation.rmse": 0.2 }`. Finite. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** A few words on what was just done, for a person. */
  readonly note?: string;
}

/**
 * Something long that can be stopped after any step and continued, in another process, to the same bytes.
 *
 * `getState` may be called between steps only, costs little compared with a step, and changes nothing. The arrays that it
 * returns are never changed afterwards (copy what the next step overwrites). `setState` is called on a fresh object,
 * made from the same configuration and data, before its first step; afterwards the object goes on exactly as the one
 * that gave the state would have. A state that does not fit is refused with an error, never half taken.
 */
export interface Resumable {
  /** The version of this object's meaning: raised when the same state or seed would lead elsewhere than before. */
  readonly version: number;
  step(): StepReport | Promise<StepReport>;
  getState(): State | Promise<State>;
  setState(state: State): void | Promise<void>;
}

export const EMPTY_STATE: State = { json: {}, arrays: {} };

/** Puts a state under a prefix, so that the states of several objects can travel as one. */
export function nestState(prefix: string, state: State): State {
  const arrays: Record<string, TypedArray> = {};
  for (const [name, array] of Object.entries(state.arrays)) arrays[`${prefix}/${name}`] = array;
  return {
    json: { [prefix]: state.json },
    arrays,
    appendOnly: (state.appendOnly ?? []).map((name) => `${prefix}/${name}`),
  };
}

/** Joins states whose keys differ. */
export function joinStates(...states: readonly State[]): State {
  return {
    json: Object.assign({}, ...states.map((state) => state.json)) as JsonObject,
    arrays: Object.assign({}, ...states.map((state) => state.arrays)) as Record<string, TypedArray>,
    appendOnly: states.flatMap((state) => state.appendOnly ?? []),
  };
}

/** Takes the state back out that `nestState` put under a prefix; undefined where there is none. */
export function unnestState(prefix: string, state: State): State | undefined {
  const json = state.json[prefix];
  if (json === undefined || json === null || typeof json !== "object" || Array.isArray(json)) return undefined;
  const arrays: Record<string, TypedArray> = {};
  const start = `${prefix}/`;
  for (const [name, array] of Object.entries(state.arrays))
    if (name.startsWith(start)) arrays[name.slice(start.length)] = array;
  const appendOnly = (state.appendOnly ?? [])
    .filter((name) => name.startsWith(start))
    .map((name) => name.slice(start.length));
  return { json, arrays, appendOnly };
}
