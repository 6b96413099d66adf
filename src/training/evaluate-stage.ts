import type { BenchmarkResult, Role, State } from "../core/index.ts";
import { createFeatureEncoder, loadUserFeatures } from "../features/index.ts";
import { benchmarkParts, rowsToDraw } from "./benchmark/parts.ts";
import { benchmarkResult } from "./benchmark/result.ts";
import {
  type Comparison,
  candidatesOf,
  championOf,
  compareModels,
  contentFor,
  judgedRole,
  thresholdsOf,
} from "./compare-models.ts";
import { explainParts } from "./explain/parts.ts";
import { createLocationWork, type PlaceJudge } from "./judging/locations.ts";
import { createRuleProof } from "./judging/rule-proof.ts";
import { createTruthWork } from "./judging/truth.ts";
import { createScore } from "./score.ts";
import { type Part, type Results, Sequence } from "./sequence.ts";
import {
  createRuledPredictor,
  errorText,
  type SequenceStage,
  sequenceStage,
  type TrainedModel,
  type TrainingWork,
} from "./train-stage.ts";

/** Points of the grid on which rules are proved, and in a smoke test. */
const GRID_POINTS = 1_000_000;
const SMOKE_GRID_POINTS = 20_000;

/**
 * Scores every model block by block on the validation and the test rows (on the training rows only where there are neither),
 * and chooses the champion: best primary metric on the validation rows; without them the mean over the folds, else the test
 * rows. Ties go to the algorithm named first; the baseline may win. Where the recipe has rules, the best model is proved to keep them,
 * and where it breaks one the next best, and so on.
 *
 * @throws KaaykoError (failed) where every model breaks a rule
 */
export function createEvaluateStage(work: TrainingWork, trained: readonly TrainedModel[]): SequenceStage<Comparison> {
  const models = trained.filter(({ content }) => content !== null);
  const roles = rolesToScore(work);
  const parts = [
    ...models.flatMap((model) => roles.map((role) => scorePart(work, model, role, models.length > 1))),
    ...truthParts(work),
    ...models.flatMap((model) => locationParts(work, model)),
    ...models.flatMap((_, place) => proofParts(work, trained, place)),
    ...explainParts(work, (results) => championOf(work, trained, results)),
    ...benchmarkParts(work, models),
  ];
  const sequence = new Sequence(parts, "block");
  return sequenceStage(sequence, async () => {
    const comparison = compareModels(work, trained, sequence.results);
    return { ...comparison, benchmark: await benchmarkOf(work, trained, sequence.results, comparison) };
  });
}

async function benchmarkOf(
  work: TrainingWork,
  trained: readonly TrainedModel[],
  results: Results,
  { algorithms, primaryMetric: metric }: Pick<Comparison, "algorithms" | "primaryMetric">,
): Promise<BenchmarkResult | null> {
  if (work.settings.benchmark === undefined) return null;
  const role = judgedRole(work);
  const drawn = await rowsToDraw(work, role);
  const reachOf = (model: TrainedModel) =>
    work.prepared.dataset.task.kind === "forecast" ? thresholdsOf(work, model, results) : undefined;
  return benchmarkResult({ work, trained, results, algorithms, role, metric, drawn, reachOf });
}

function rolesToScore({ prepared }: TrainingWork): Role[] {
  const roles = (["validation", "test"] as const).filter((role) => prepared.dataset.rows[role] > 0);
  return roles.length > 0 ? roles : ["train"];
}

function scorePart(work: TrainingWork, model: TrainedModel, role: Role, recoverable: boolean): Part {
  const { algorithm } = model.contender;
  const { dataset } = work.prepared;
  const part: Part = {
    name: `${algorithm.name}.${role}`,
    subject: `${algorithm.name}, ${role} rows`,
    create: async (results) => {
      const predictor = await createRuledPredictor(work, model.contender, contentFor(model, role));
      // Validation rows choose the thresholds that the others are judged by.
      const thresholds = role === "validation" ? null : thresholdsOf(work, model, results);
      return createScore({ dataset, role, predictor, bands: work.recipe?.rules?.bands ?? [], thresholds });
    },
  };
  if (!recoverable) return part;
  return {
    ...part,
    recover: (error): State => {
      work.notify(`${algorithm.name} could not be evaluated: ${errorText(error)}`);
      return { json: { error: errorText(error) }, arrays: {} };
    },
  };
}

/** What the truth behind a synthetic target gets: on the rows that judge, and at the held-out places. */
function truthParts(work: TrainingWork): Part[] {
  const { truth, locations } = work.recipe ?? {};
  if (truth === undefined) return [];
  const role = judgedRole(work);
  const onRows: Part = {
    name: `truth.${role}`,
    subject: `best possible, ${role} rows`,
    create: async () => createTruthWork(work, truth, role),
  };
  if (locations === undefined) return [onRows];
  const judge: PlaceJudge = { predict: async (batch) => truth.expect(batch).expected, dispose: async () => {} };
  const atPlaces: Part = {
    name: "truth.locations",
    subject: "best possible, held-out places",
    create: async () => createLocationWork(work, locations, judge),
  };
  return [onRows, atPlaces];
}

function locationParts(work: TrainingWork, { contender, content }: TrainedModel): Part[] {
  const locations = work.recipe?.locations;
  if (locations === undefined) return [];
  const { name } = contender.algorithm;
  return [
    {
      name: `${name}.locations`,
      subject: `${name}, held-out places`,
      create: async () => {
        const { settings, prepared } = work;
        const user = typeof settings.features === "string" ? await loadUserFeatures(settings.features) : null;
        const encoder = createFeatureEncoder(prepared.pipeline, { user });
        const predictor = await createRuledPredictor(work, contender, content!);
        return createLocationWork(work, locations, {
          predict: (batch) => predictor.predict(encoder.encode(batch)),
          dispose: () => predictor.dispose(),
        });
      },
      recover: (error) => ({ json: { error: errorText(error) }, arrays: {} }),
    },
  ];
}

/** The proof of the model that stands at a place of the ranking, unless a better one has kept its rules. */
function proofParts(work: TrainingWork, trained: readonly TrainedModel[], place: number): Part[] {
  const { rules } = work;
  if (rules === null) return [];
  const candidate = (results: Results) => candidatesOf(work, trained, results)[place];
  return [
    {
      name: `proof.${place + 1}`,
      subject: "rules of the best model",
      skip: (results) => candidate(results) === undefined || isProved(results, place),
      create: async (results) => {
        const { contender, content } = candidate(results)!;
        return createRuleProof({
          algorithm: contender.algorithm.name,
          rules,
          dataset: work.prepared.dataset,
          role: judgedRole(work),
          seed: work.settings.seed as number,
          gridPoints: work.settings.smokeTest === true ? SMOKE_GRID_POINTS : GRID_POINTS,
          predictor: await createRuledPredictor(work, contender, content!),
        });
      },
    },
  ];
}

function isProved(results: Results, place: number): boolean {
  for (let earlier = 1; earlier <= place; earlier++)
    if (results.get(`proof.${earlier}`)?.json.broken === null) return true;
  return false;
}
