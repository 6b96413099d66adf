import { type ModelContent, outputsOf, type Predictor, type Task } from "../../core/index.ts";
import { LOG_ODDS } from "../linear/calibrate.ts";
import { designMatrix } from "../linear/design.ts";
import { toProbabilities } from "../linear/margins.ts";
import { isDesign } from "../linear/model.ts";
import { BAG_FORMAT } from "./bag-lesson.ts";
import { type BagPlan, keepColumns, placesOf } from "./bag-plan.ts";
import { damagedText, finiteFloats, isCount } from "./content-checks.ts";

interface BagModel {
  readonly plan: BagPlan;
  readonly places: Int32Array;
  readonly vectors: Float32Array;
  readonly bias: Float32Array;
  readonly output: { readonly weight: Float32Array; readonly bias: Float32Array };
}

/** Predicts in float64 without a backend: the same everywhere, and at once for single texts. */
export function createBagPredictor(name: string, content: ModelContent, task: Task): Predictor {
  const model = readBag(name, content, outputsOf(task));
  return {
    predict: async (table) => {
      const matrix = keepColumns(designMatrix(model.plan.design, table, null), model.places);
      const outputs = new Float64Array(table.rows * model.plan.outputs);
      const hidden = new Float64Array(model.plan.units);
      for (let row = 0; row < table.rows; row++) {
        hidden.set(model.bias);
        for (let k = matrix.offsets[row]!; k < matrix.offsets[row + 1]!; k++)
          addVector(model.vectors, matrix.indices[k]!, matrix.values[k]!, hidden);
        writeOutputs(model, hidden, outputs, row * model.plan.outputs);
      }
      toProbabilities(outputs, model.plan.outputs, task, LOG_ODDS);
      return outputs;
    },
    importance: () => null,
    dispose: async () => {},
  };
}

function addVector(vectors: Float32Array, place: number, value: number, to: Float64Array): void {
  const from = place * to.length;
  for (let k = 0; k < to.length; k++) to[k]! += value * vectors[from + k]!;
}

function writeOutputs({ output, plan }: BagModel, hidden: Float64Array, to: Float64Array, at: number): void {
  for (let k = 0; k < plan.outputs; k++) to[at + k] = output.bias[k]!;
  for (let j = 0; j < plan.units; j++) {
    if (hidden[j]! <= 0) continue;
    for (let k = 0; k < plan.outputs; k++) to[at + k]! += hidden[j]! * output.weight[j * plan.outputs + k]!;
  }
}

/** @throws KaaykoError (damaged) where anything in it does not fit together */
function readBag(name: string, content: ModelContent, outputs: number): BagModel {
  const plan = content.json.plan as unknown as BagPlan | undefined;
  if (content.formatVersion !== BAG_FORMAT) throw damagedText(name, `format version ${BAG_FORMAT}`);
  if (!isPlan(plan) || plan.outputs !== outputs) throw damagedText(name, "a network of known form");
  const { columns } = content.arrays;
  if (!(columns instanceof Uint32Array) || columns.length !== plan.kept) throw damagedText(name, "its columns");
  if (!columns.every((column, i) => column < plan.design.width && (i === 0 || column > columns[i - 1]!)))
    throw damagedText(name, "columns in order");
  const floats = (array: string, size: number) => finiteFloats(name, content, array, size);
  return {
    plan,
    places: placesOf(columns, plan.design.width),
    vectors: floats("vectors", Math.max(1, plan.kept) * plan.units),
    bias: floats("bias", plan.units),
    output: { weight: floats("output/weight", plan.units * outputs), bias: floats("output/bias", outputs) },
  };
}

function isPlan(plan: BagPlan | undefined): plan is BagPlan {
  if (plan === undefined || plan === null || typeof plan !== "object" || !isDesign(plan.design)) return false;
  return isCount(plan.kept, 0, 2 ** 24) && isCount(plan.units, 1, 4096) && isCount(plan.outputs, 1, 2 ** 20);
}
