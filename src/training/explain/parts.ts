import {
  type Explanation,
  type ModelContent,
  type PartialDependence,
  type PermutationImportance,
  primaryMetric,
  type Role,
  type TaskKind,
  type TextExplanation,
} from "../../core/index.ts";
import type { FeaturePipeline } from "../../features/index.ts";
import type { Part, Results, Work } from "../sequence.ts";
import { createRuledPredictor, errorText, type TrainingWork } from "../train-stage.ts";
import { createPartialDependence } from "./dependence.ts";
import { createPermutation } from "./permutation.ts";
import { sampleRows, sampleSize } from "./sample-rows.ts";
import type { ExplainedModel } from "./subject.ts";
import { createPredictionSummary } from "./summary.ts";
import { createTextReport } from "./text-report.ts";

const DEPENDENCE_FEATURES = 6;
const EXPLAINED_TASKS: ReadonlySet<TaskKind> = new Set(["regression", "binary", "multiclass"]);

/** The champion, once all models are scored. */
export interface Champion {
  readonly algorithm: string;
  readonly role: Role;
  /** The model that did not see the rows of that role. */
  readonly content: ModelContent;
  /** Of several labels, from which probability on each is given. */
  readonly thresholds: readonly number[] | undefined;
  /** Shares by feature, the most important first; empty where the algorithm cannot say. */
  readonly importance: readonly { readonly feature: string; readonly share: number }[];
}

const NAMES = {
  summary: "explain.predictions",
  permutation: "explain.permutation",
  dependence: "explain.dependence",
  texts: "explain.texts",
};
/** Parts that texts become. */
const TEXT_PARTS: ReadonlySet<string> = new Set(["sparse", "tokens"]);
const TEXT_TASKS: ReadonlySet<TaskKind> = new Set(["binary", "multiclass", "multilabel"]);

/**
 * What comes behind the scores: the champion's predictions summed up, what it looks at, how its features act. An error in
 * one of them is told and leaves that one out.
 *
 * @param championOf finds the champion in the scores
 */
export function explainParts(work: TrainingWork, championOf: (results: Results) => Champion): Part[] {
  const mode = work.settings.report ?? "full";
  const { task, parts = [] } = work.prepared.dataset;
  const part = (name: string, subject: string, create: Part["create"]): Part => ({
    name,
    subject,
    create,
    recover: (error) => {
      work.notify(`The report is without ${subject}: ${errorText(error)}`);
      return { json: {}, arrays: {} };
    },
  });
  const isText = TEXT_TASKS.has(task.kind) && parts.some(({ kind }) => TEXT_PARTS.has(kind));
  // Texts are shown in full reports only: they are rows of the data.
  if (isText && mode === "full" && work.prepared.texts !== undefined)
    return [part(NAMES.texts, "errors worth reading", (results) => textReport(work, championOf(results)))];
  // What several numbers a row stand for is not for charts of single features.
  if (mode === "none" || parts.length > 0 || !EXPLAINED_TASKS.has(task.kind)) return [];
  const explained = remembered(work, championOf);
  const summary = part(NAMES.summary, "predicted against actual values", async (results) =>
    createPredictionSummary(await explained(results)),
  );
  if (mode === "fast") return [summary];
  return [
    summary,
    part(NAMES.permutation, "permutation importance", async (results) => createPermutation(await explained(results))),
    part(NAMES.dependence, "partial dependence", async (results) => dependence(work, championOf, explained, results)),
  ];
}

function textReport(work: TrainingWork, { algorithm, role, content, thresholds }: Champion): Promise<Work> {
  const contender = work.contenders.find((other) => other.algorithm.name === algorithm)!;
  const createPredictor = () => createRuledPredictor(work, contender, content);
  return createTextReport({ prepared: work.prepared, role, thresholds, createPredictor });
}

/** The rows are drawn once a process; parts that were finished in an earlier one do not need them. */
function remembered(work: TrainingWork, championOf: (results: Results) => Champion) {
  let known: Promise<ExplainedModel> | null = null;
  return (results: Results): Promise<ExplainedModel> => {
    known ??= explainedModel(work, championOf(results));
    return known;
  };
}

async function explainedModel(work: TrainingWork, { algorithm, role, content }: Champion): Promise<ExplainedModel> {
  const { dataset } = work.prepared;
  const contender = work.contenders.find((other) => other.algorithm.name === algorithm)!;
  const seed = work.settings.seed as number;
  return {
    algorithm,
    task: dataset.task,
    role,
    metric: primaryMetric(dataset.task.kind),
    examples: await sampleRows(dataset, role, seed),
    trainingRows: dataset.rows.train,
    seed,
    createPredictor: () => createRuledPredictor(work, contender, content),
  };
}

async function dependence(
  work: TrainingWork,
  championOf: (results: Results) => Champion,
  explained: (results: Results) => Promise<ExplainedModel>,
  results: Results,
): Promise<Work> {
  const permutation = results.get(NAMES.permutation)?.json as Partial<PermutationImportance> | undefined;
  const ranked = permutation?.features ?? championOf(results).importance;
  const features = ranked.slice(0, DEPENDENCE_FEATURES).map(({ feature }) => feature);
  return createPartialDependence(await explained(results), features, (feature) =>
    categoriesOf(work.prepared.pipeline, feature),
  );
}

/** The categories of a feature in the order of their codes; none for a number. */
export function categoriesOf(pipeline: FeaturePipeline, feature: string): readonly string[] {
  for (const encoder of pipeline.encoders)
    if (encoder.form === "categorical" && encoder.column === feature) return encoder.categories;
  for (const made of pipeline.user?.exports ?? []) {
    const at = made.outputs.indexOf(feature);
    if (at >= 0) return made.categories[at] ?? [];
  }
  return [];
}

/** What the parts found; null where there are none. */
export function explanationOf(work: TrainingWork, results: Results, champion: Champion): Explanation | null {
  const { texts = null } = (results.get(NAMES.texts)?.json ?? {}) as { texts?: TextExplanation | null };
  if (texts !== null) return { algorithm: champion.algorithm, role: champion.role, rows: texts.rows, texts };
  if (!results.has(NAMES.summary)) return null;
  const { predictions } = results.get(NAMES.summary)!.json as Pick<Explanation, "predictions">;
  const permutation = results.get(NAMES.permutation)?.json as Partial<PermutationImportance> | undefined;
  const found = results.get(NAMES.dependence)?.json as { features?: PartialDependence[] } | undefined;
  return {
    algorithm: champion.algorithm,
    role: champion.role,
    rows: sampleSize(work.prepared.dataset, champion.role),
    ...(predictions ? { predictions } : {}),
    ...(permutation?.features === undefined ? {} : { permutation: permutation as PermutationImportance }),
    ...(found?.features === undefined ? {} : { partialDependence: found.features }),
  };
}
