import { type Column, KaaykoError, type ParameterValues, type Task, type TaskKind } from "../core/index.ts";
import {
  type ColumnDecision,
  checkWeight,
  decideColumns,
  inferTask,
  type Labels,
  type LoadedTable,
  readLabels,
  type Split,
  type SplitKind,
  type SplitRequest,
  splitRows,
} from "../data/index.ts";
import { loadUserFeatures, type UserFeatures } from "../features/index.ts";
import { completeTask } from "./complete-task.ts";
import type { KeptFeatures } from "./preparation.ts";

/** What was decided before anything is fitted: a pure function of the loaded tables and the settings. */
export interface DecidedData {
  readonly task: Task;
  readonly decisions: readonly ColumnDecision[];
  readonly user: UserFeatures | null;
  readonly weight: string | null;
  readonly kind: SplitKind;
  readonly labels: Labels;
  readonly split: Split;
  /** The group or time column that the split looks at. */
  readonly column: Column | undefined;
  readonly notices: readonly string[];
}

/**
 * Infers the task, decides what becomes of each column, and splits the rows.
 *
 * @throws KaaykoError (input) where the data cannot be learnt from, (usage) where settings do not fit it
 */
export async function decideData(
  main: LoadedTable,
  test: LoadedTable | null,
  settings: ParameterValues,
  { keep, kept }: { readonly keep: readonly string[]; readonly kept: KeptFeatures | null },
): Promise<DecidedData> {
  const { profile } = main;
  const name = (setting: string) => settings[setting] as string | undefined;
  const inferred =
    kept === null
      ? inferTask(profile, name("target")!, name("task") as TaskKind | undefined)
      : { task: kept.task, reason: "as in the model", notices: [] };
  const task = completeTask(inferred.task, settings, main, test);
  const weight = name("weight") ?? null;
  if (weight !== null) checkWeight(profile, weight);
  const user = name("features") === undefined ? null : await loadUserFeatures(name("features")!);
  const decisions = decideColumns(profile, {
    target: task.target,
    ...optional("weight", name("weight")),
    ...optional("group", name("group")),
    ...optional("time", name("time")),
    ...optional("text", task.text),
    ignore: (settings.ignore as string[] | undefined) ?? [],
    keep: [...((settings.categorical as string[] | undefined) ?? []), ...keep],
  });
  const kind = splitKind(task, settings);
  const column = await splitColumn(main, kind, settings);
  const labels = await readLabels(main, task);
  const split = splitRows({
    kind,
    rows: main.places,
    rowNumbers: main.rowNumbers,
    usable: labels.usable,
    validationSize: settings.validationSize as number,
    testSize: test !== null ? 0 : (settings.testSize as number),
    seed: settings.seed as number,
    ...classesOf(labels),
    ...(column === undefined ? {} : { column }),
  });
  const leftOut = decisions.filter(({ use, reason }) => use === "left out" && reason !== "ignored");
  const remarkable = decisions.filter(({ use, reason }) => use === "feature" && reason !== "");
  const notices = [
    `Predicting ${task.target} (${task.kind}: ${inferred.reason}).`,
    ...inferred.notices,
    ...leftOut.map(({ name, reason }) => `${name} is left out: ${reason}.`),
    ...remarkable.map(({ name, as, reason }) =>
      as === "categorical" ? `${name} is taken as categories, but holds ${reason}.` : `${name} holds ${reason}.`,
    ),
    ...split.notices,
  ];
  return { task, decisions, user, weight, kind, labels, split, column, notices };
}

function splitKind(task: Task, settings: ParameterValues): SplitKind {
  if (settings.split !== undefined) return settings.split as SplitKind;
  if (settings.group !== undefined) return "group";
  if (settings.time !== undefined) return "time";
  return ["binary", "multiclass", "anomaly"].includes(task.kind) ? "stratified" : "random";
}

async function splitColumn(main: LoadedTable, kind: SplitKind, settings: ParameterValues): Promise<Column | undefined> {
  if (kind !== "group" && kind !== "time") return undefined;
  const name = settings[kind];
  if (typeof name === "string") return (await main.readColumns([name]))[0];
  throw new KaaykoError({
    action: `split the rows by ${kind}`,
    rule: "the column must be named",
    remedy: `Use --${kind} COL.`,
    kind: "usage",
  });
}

export function classesOf({ classes }: Labels): Pick<SplitRequest, "classes"> {
  return classes === null ? {} : { classes };
}

function optional<K extends string>(key: K, value: string | undefined): { [key in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: string });
}
