import {
  type Dataset,
  type Examples,
  KaaykoError,
  type Role,
  rowHash,
  streamKey,
  type Task,
} from "../../core/index.ts";
import { columnsOfStep, pick } from "./step-columns.ts";

/** Which of many training rows a model learns from. */
export interface RowDraw {
  readonly seed: number;
  readonly mostRows: number;
}

/** The task of one step of a forecast, as a regression. */
export function stepTask({ target }: Task): Task {
  return { kind: "regression", target };
}

/**
 * The rows of a forecast as rows of a regression: one step ahead, rows without a value for it left out, windows and what was made
 * for other steps left out. Of more training rows than the draw allows some are drawn, others for each step.
 */
export async function stepDataset(dataset: Dataset, step: number, draw: RowDraw): Promise<Dataset> {
  const horizon = dataset.task.horizon ?? 1;
  const roles: readonly Role[] = ["train", "validation", "test"];
  const taken = await Promise.all(roles.map(async (role) => stepExamples(await dataset.examples(role), step, horizon)));
  const byRole = Object.fromEntries(roles.map((role, k) => [role, taken[k]!])) as Record<Role, Examples>;
  byRole.train = drawRows(byRole.train, step, draw);
  const { parts: _, ...others } = dataset;
  const columns = columnsOfStep(dataset.features, dataset.task, step);
  const ofStep = (examples: Examples): Examples => ({
    ...examples,
    table: { rows: examples.table.rows, columns: pick(examples.table.columns, columns) },
  });
  return {
    ...others,
    task: stepTask(dataset.task),
    features: pick(dataset.features, columns),
    rows: { train: count(byRole.train), validation: count(byRole.validation), test: count(byRole.test) },
    examples: async (role) => ofStep(byRole[role]),
    stream: async () => {
      throw new KaaykoError({ action: "stream the rows of a step", rule: "they are in memory" });
    },
  };
}

function count({ rows, table }: Examples): number {
  return rows?.length ?? table.rows;
}

function drawRows(examples: Examples, step: number, { seed, mostRows }: RowDraw): Examples {
  const share = mostRows / count(examples);
  if (share >= 1) return examples;
  const key = streamKey(seed, "rows of a step", step);
  const all = examples.rows ?? Uint32Array.from({ length: examples.table.rows }, (_, row) => row);
  return { ...examples, rows: all.filter((row) => rowHash(key, row) < share * 2 ** 32) };
}

function stepExamples({ table, rows, target, weight }: Examples, step: number, horizon: number): Examples {
  const own = horizon === 1 ? target : target.filter((_, i) => i % horizon === step);
  const all = rows ?? Uint32Array.from({ length: table.rows }, (_, row) => row);
  const kept = all.filter((row) => !Number.isNaN(own[row]!));
  return { table, rows: kept.length === table.rows ? null : kept, target: own, weight };
}
