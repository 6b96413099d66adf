import type { JsonObject, State, TypedArray } from "../../../core/index.ts";
import type { TreeMachine } from "../machine/machine.ts";
import { damaged } from "../validate-trees.ts";
import { putInOrder, type RowOrder, type RowValues, takeFromOrder } from "./row-order.ts";

/**
 * The scores of all rows after a round, kept in the state so that a resume walks only the trees after it. Its round depends on nothing
 * but the rows, and its arrays are named by it: a store writes them once.
 */
export interface ScoreSnapshot {
  readonly round: number;
  readonly arrays: Readonly<Record<string, TypedArray>>;
}

/** Trees times rows between two snapshots: about half a second's walk. */
const WALK_BUDGET = 2 ** 27;
/** Rounds between two at least, so that saving stays the smaller part. */
const LEAST_ROUNDS = 32;

/** Rounds from one snapshot to the next. */
export function snapshotInterval(rows: number): number {
  return Math.max(LEAST_ROUNDS, Math.ceil(WALK_BUDGET / rows));
}

/**
 * Copies the scores as they are.
 *
 * @param order of the training rows; null where they lie as they came
 */
export function takeSnapshot(
  machine: TreeMachine,
  classes: number,
  round: number,
  order: RowOrder | null,
): ScoreSnapshot {
  const arrays: Record<string, TypedArray> = {};
  viewsOf(machine, classes, round).forEach(([name, view], i) => {
    const copy = view.slice();
    if (i === TRAINING && order !== null) takeFromOrder(view, order, copy);
    arrays[name] = copy;
  });
  return { round, arrays };
}

/** What of a snapshot goes into a state. */
export function snapshotState(
  snapshot: ScoreSnapshot | null,
): Pick<State, "arrays"> & { json: JsonObject; names: string[] } {
  if (snapshot === null) return { json: {}, arrays: {}, names: [] };
  return { json: { snapshot: snapshot.round }, arrays: snapshot.arrays, names: Object.keys(snapshot.arrays) };
}

/**
 * Puts the scores of a state's snapshot back, if it has one.
 *
 * @param round that the state is after
 * @param order of the training rows; null where they lie as they came
 * @throws KaaykoError (damaged) where the snapshot does not fit
 */
export function restoreSnapshot(
  machine: TreeMachine,
  classes: number,
  state: State,
  round: number,
  order: RowOrder | null,
): ScoreSnapshot | null {
  const what = "the scores of a tree trainer";
  const at = state.json.snapshot;
  if (at === undefined) return null;
  if (typeof at !== "number" || !Number.isSafeInteger(at) || at < 1 || at > round)
    throw damaged(what, "they must be of a round that was", JSON.stringify(at));
  const arrays: Record<string, TypedArray> = {};
  const views = viewsOf(machine, classes, at);
  for (const [name, view] of views) {
    const array = state.arrays[name];
    const fits = array?.constructor.name === view.constructor.name && array.length === view.length;
    if (array === undefined || !fits) throw damaged(what, "there must be one for each row", name);
    if (!(array as Float64Array).every(Number.isFinite)) throw damaged(what, "they must be finite", name);
    arrays[name] = array;
  }
  views.forEach(([name, view], i) => {
    const scores = arrays[name] as RowValues;
    if (i === TRAINING && order !== null) putInOrder(scores, order, view);
    else view.set(scores);
  });
  return { round: at, arrays };
}

/** Which of the views are the training rows'. */
const TRAINING = 0;

/** Where the scores lie: those of training rows may be residuals in whole steps. */
function viewsOf(machine: TreeMachine, classes: number, round: number): [string, Float64Array | Int32Array][] {
  const { train, validation, address } = machine;
  const { buffer } = machine.bytes;
  const own = machine.sizes.residual
    ? new Int32Array(buffer, address.quantised, train.rows)
    : new Float64Array(buffer, train.scores, train.rows * classes);
  const views: [string, Float64Array | Int32Array][] = [[`scores@${round}`, own]];
  if (validation !== null)
    views.push([`validationScores@${round}`, new Float64Array(buffer, validation.scores, validation.rows * classes)]);
  machine.evaluations.forEach((set, i) => {
    views.push([`evaluationScores${i}@${round}`, new Float64Array(buffer, set.scores, set.rows * classes)]);
  });
  return views;
}
