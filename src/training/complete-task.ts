import { KaaykoError, type ParameterValues, type Task, type TaskKind } from "../core/index.ts";
import { completeTagging, type LoadedTable } from "../data/index.ts";

/**
 * The task with what settings and tables say of it beside its kind: the column of queries, the answer where no class fits, intervals.
 *
 * @throws KaaykoError (usage) where a setting does not fit the task, or where nothing learns such tasks
 */
export function completeTask(task: Task, settings: ParameterValues, main: LoadedTable, test: LoadedTable | null): Task {
  checkKind(task);
  return withInterval(withColumns(task, settings, main, test), settings);
}

/** Only numbers have intervals. */
function withInterval(task: Task, { interval, intervalBy }: ParameterValues): Task {
  if (typeof interval !== "number") return task;
  const by = typeof intervalBy === "string" ? { intervalBy } : {};
  if (task.kind === "regression") return { ...task, interval, ...by };
  throw new KaaykoError({
    action: "predict with intervals",
    rule: "the target must hold numbers",
    got: `${task.target} (${task.kind})`,
    remedy: "Leave --interval out.",
    kind: "usage",
  });
}

/** The task with what only the tables say. */
function withColumns(
  task: Task,
  { group, outOfScope }: ParameterValues,
  main: LoadedTable,
  test: LoadedTable | null,
): Task {
  if (typeof outOfScope === "string") return scopedTask(task, outOfScope);
  if (task.kind === "tagging") return completeTagging(task, test === null ? [main] : [main, test]);
  return rankedBy(task, group as string | undefined);
}

function scopedTask(task: Task, outOfScope: string): Task {
  if (task.kind === "multiclass") return { ...task, outOfScope };
  throw new KaaykoError({
    action: `answer ${JSON.stringify(outOfScope)} where no class is likely enough`,
    rule: "the target must have several classes",
    got: task.kind,
    remedy: "Leave --out-of-scope out.",
    kind: "usage",
  });
}

/** A ranking's task knows the column of its queries. */
function rankedBy(task: Task, group: string | undefined): Task {
  if (task.kind !== "ranking") return task;
  if (group === undefined)
    throw new KaaykoError({
      action: "train for ranking",
      rule: "the column that tells queries apart must be named",
      remedy: "Use --group COL.",
      kind: "usage",
    });
  return { ...task, group };
}

/** Tasks that can be inferred or asked for, but that no algorithm learns yet. */
const LEARNT: readonly TaskKind[] = [
  "regression",
  "binary",
  "multiclass",
  "multilabel",
  "ranking",
  "tagging",
  "anomaly",
];

function checkKind({ kind }: Task): void {
  if (LEARNT.includes(kind)) return;
  throw new KaaykoError({
    action: `train for ${kind}`,
    rule: `the task must be one of ${LEARNT.join(", ")}`,
    remedy: "Leave --task out to infer it from the target.",
    kind: "usage",
  });
}
