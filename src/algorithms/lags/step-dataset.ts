import { type Dataset, type Examples, KaaykoError, type Role, type Task } from "../../core/index.ts";

/** The task of one step of a forecast, as a regression. */
export function stepTask({ target }: Task): Task {
  return { kind: "regression", target };
}

/** The rows of a forecast as rows of a regression: one step ahead, rows without a value for it left out, windows left out. */
export async function stepDataset(dataset: Dataset, step: number): Promise<Dataset> {
  const horizon = dataset.task.horizon ?? 1;
  const roles: readonly Role[] = ["train", "validation", "test"];
  const taken = await Promise.all(roles.map(async (role) => stepExamples(await dataset.examples(role), step, horizon)));
  const byRole = Object.fromEntries(roles.map((role, k) => [role, taken[k]!])) as Record<Role, Examples>;
  const count = ({ rows, table }: Examples) => rows?.length ?? table.rows;
  const { parts: _, ...others } = dataset;
  return {
    ...others,
    task: stepTask(dataset.task),
    rows: { train: count(byRole.train), validation: count(byRole.validation), test: count(byRole.test) },
    examples: async (role) => byRole[role],
    stream: async () => {
      throw new KaaykoError({ action: "stream the rows of a step", rule: "they are in memory" });
    },
  };
}

function stepExamples({ table, rows, target, weight }: Examples, step: number, horizon: number): Examples {
  const own = horizon === 1 ? target : target.filter((_, i) => i % horizon === step);
  const all = rows ?? Uint32Array.from({ length: table.rows }, (_, row) => row);
  const kept = all.filter((row) => !Number.isNaN(own[row]!));
  const { parts: _, ...columns } = table;
  return { table: columns, rows: kept.length === table.rows ? null : kept, target: own, weight };
}
