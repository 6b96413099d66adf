import { type ParameterValues, primaryMetric } from "../core/index.ts";
import type { Contender } from "./request.ts";
import { metricsOfResult } from "./score.ts";
import { foundParameters } from "./search/search-parts.ts";
import { searchRequest } from "./search/search-request.ts";
import type { Results } from "./sequence.ts";
import type { TrainingWork } from "./training-work.ts";

/** Rows up to which a model is fitted again on training and validation rows by default: beyond, a tenth more hardly helps. */
const REFIT_ROWS = 100_000;
/** Rows under which one held-out tenth says little about when to stop, and folds are asked as well. */
const FEW_ROWS = 4000;
const FEW_ROWS_FOLDS = 5;
/** From so many rows on a third of them judges what is tried as well as five fifths do, in half of the time. */
const JUDGED_BY_FEWER_FROM = 2000;
const FEWER_FOLDS = 3;

/** Folds as asked for; a few where a model will be fitted again and the held-out rows are too few to say when to stop. */
export function foldsOf(work: TrainingWork, contender: Contender): number {
  const asked = (work.settings.folds as number | undefined) ?? 0;
  // One fold would have nothing to learn from.
  if (asked >= 2) return asked;
  const { train } = work.prepared.dataset.rows;
  // A development run fits as often as one on all rows will.
  if (work.settings.dev === true) return 0;
  if (!isRefitted(work, contender) || !hasFewRows(work) || train < 4 * FEW_ROWS_FOLDS) return 0;
  return variantsOf(work, contender).length > 1 && learnable(work) >= JUDGED_BY_FEWER_FROM
    ? FEWER_FOLDS
    : FEW_ROWS_FOLDS;
}

/** Whether a model is fitted again on all rows that may be learnt from. */
export function isRefitted({ prepared, settings }: TrainingWork, { algorithm }: Contender): boolean {
  const { train, validation } = prepared.dataset.rows;
  if (algorithm.refitParameters === undefined || validation === 0 || settings.refit === "never") return false;
  return settings.refit === "always" || (settings.timeLimit === undefined && train + validation <= REFIT_ROWS);
}

function hasFewRows(work: TrainingWork): boolean {
  return learnable(work) < FEW_ROWS;
}

/** Rows that a last fit learns from. */
function learnable({ prepared: { dataset } }: TrainingWork): number {
  return dataset.rows.train + dataset.rows.validation;
}

/** What is tried on each fold, as changes to the contender's settings: none first, then its algorithm's alternatives where rows are few. */
export function variantsOf(work: TrainingWork, contender: Contender): readonly ParameterValues[] {
  const { algorithm, fixed, parameters } = contender;
  const searches = ((work.settings.trials as number | undefined) ?? 0) > 0;
  if (searches || !hasFewRows(work) || !isRefitted(work, contender)) return [{}];
  const decided = new Set(fixed);
  const free = (algorithm.alternatives?.(work.prepared.dataset.task.kind, parameters) ?? []).filter(
    (settings) => !Object.keys(settings).some((name) => decided.has(name)),
  );
  return [{}, ...free];
}

/** The fit of a fold, counted from 0, with the settings of a variant. */
export function foldName(algorithm: string, fold: number, variant: number): string {
  const own = `${algorithm}.fold-${fold + 1}`;
  return variant === 0 ? own : `${own}-alternative-${variant}`;
}

/** What a contender is trained with: what a search found, with the best of what its folds tried. */
export function chosenParameters(work: TrainingWork, contender: Contender, results: Results): ParameterValues {
  const found = foundParameters(searchRequest(work, contender), results);
  return { ...found, ...variantsOf(work, contender)[chosenVariant(work, contender, results)] };
}

/** What the folds chose instead of the contender's own settings, for a person; null where they chose these or nothing. */
export function describeChoice(work: TrainingWork, contender: Contender, results: Results): string | null {
  const variant = chosenVariant(work, contender, results);
  if (variant === 0) return null;
  const settings = Object.entries(variantsOf(work, contender)[variant]!).map(([name, value]) => `${name}=${value}`);
  return `${contender.algorithm.name}: the folds are best with ${settings.join(", ")}.`;
}

/** False for the parts of folds that tried other settings than those which were chosen. */
export function belongsToChosen(work: TrainingWork, contender: Contender, part: string, results: Results): boolean {
  const [, variant = "0"] = /\.fold-\d+-alternative-(\d+)(?:\.score)?$/.exec(part) ?? [];
  const isFold = part.startsWith(`${contender.algorithm.name}.fold-`);
  return !isFold || Number(variant) === chosenVariant(work, contender, results);
}

/** The variant with the best mean of the primary metric over the folds; the first of equal ones, and where it is not known. */
function chosenVariant(work: TrainingWork, contender: Contender, results: Results): number {
  const { name, higherIsBetter } = primaryMetric(work.prepared.dataset.task.kind);
  const folds = foldsOf(work, contender);
  const means = variantsOf(work, contender).map((_, variant) => {
    const values = Array.from({ length: folds }, (_, k) => {
      const result = results.get(`${foldName(contender.algorithm.name, k, variant)}.score`);
      return result === undefined ? null : (metricsOfResult(result).values[name] ?? null);
    });
    // One that is not known in every fold cannot be compared.
    if (folds === 0 || values.some((value) => value === null)) return Number.POSITIVE_INFINITY;
    const mean = values.reduce((sum: number, value) => sum + value!, 0) / folds;
    return higherIsBetter ? -mean : mean;
  });
  return Math.max(0, means.indexOf(Math.min(...means)));
}
