import {
  type Batch,
  type HeldOutLocations,
  type JsonObject,
  KaaykoError,
  type LocationsResult,
  type State,
  type StepReport,
} from "../../core/index.ts";
import { createBandMetrics, createMetrics, type MetricValues } from "../../metrics/index.ts";
import type { Work } from "../sequence.ts";
import type { TrainingWork } from "../train-stage.ts";
import { numbersNamed } from "./truth.ts";

/** What judges rows of a place: an algorithm's model under its rules, or the truth. */
export interface PlaceJudge {
  predict(batch: Batch): Promise<Float64Array>;
  dispose(): Promise<void>;
}

/** Predicts the rows of every held-out place, a place a step; the result holds each place's metrics. */
export function createLocationWork(work: TrainingWork, locations: HeldOutLocations, judge: PlaceJudge): Work {
  const done: JsonObject[] = [];
  const total = locations.places.length;
  return {
    version: 1,
    async step(): Promise<StepReport> {
      done.push(await judgePlace(work, locations, judge, done.length));
      return { done: done.length === total, step: done.length, total, unit: "place" };
    },
    getState: (): State => ({ json: { places: done.map((place) => ({ ...place })) }, arrays: {} }),
    setState({ json }: State): void {
      const { places } = json;
      if (!Array.isArray(places) || places.length > total)
        throw new KaaykoError({ action: "continue an evaluation", rule: "its state must be whole", kind: "damaged" });
      done.splice(0, done.length, ...(places as JsonObject[]));
    },
    result: async () => ({ json: { places: done }, arrays: {} }),
    dispose: () => judge.dispose(),
  };
}

async function judgePlace(
  { prepared, settings, recipe }: TrainingWork,
  { draw, rowsPerPlace }: HeldOutLocations,
  judge: PlaceJudge,
  place: number,
): Promise<JsonObject> {
  const { task } = prepared.dataset;
  const batch = draw(place, rowsPerPlace, settings.seed as number);
  const predictions = await judge.predict(batch);
  const scored = { rows: batch.rows, predictions, target: numbersNamed(batch, task.target), weight: null };
  const metrics = createMetrics(task);
  metrics.add(scored);
  const { rmse = null, mae = null } = metrics.result().values;
  const bands = recipe?.rules?.bands ?? [];
  if (bands.length < 2) return { rmse, mae };
  const counted = createBandMetrics(bands);
  counted.add(scored);
  const { accuracy, worstMistake } = counted.result();
  return { rmse, mae, accuracy, worstMistakes: worstMistake.count };
}

/**
 * Puts the places of every algorithm side by side: the lowest RMSE wins a place, ties go to the algorithm named first.
 *
 * @param results by algorithm, each place's metrics in the order of the places
 * @param best each place's lowest possible RMSE; null where nobody knows it
 */
export function compareLocations(
  { places, rowsPerPlace }: HeldOutLocations,
  results: ReadonlyMap<string, readonly MetricValues[]>,
  best: readonly MetricValues[] | null,
  champion: string,
): LocationsResult {
  const names = [...results.keys()];
  const errorAt = (name: string, i: number): number => results.get(name)![i]!.rmse ?? Number.POSITIVE_INFINITY;
  const judged = places.map(({ name, country, continent, latitude, longitude }, i) => {
    const winner = names.reduce<string | null>(
      (won, other) => (won === null || errorAt(other, i) < errorAt(won, i) ? other : won),
      null,
    );
    const metrics = Object.fromEntries(names.map((algorithm) => [algorithm, results.get(algorithm)![i]!]));
    const bestPossible = best?.[i]?.rmse ?? null;
    return { name, country, continent, latitude, longitude, metrics, winner, bestPossible };
  });
  const winRate = names.map((name) => [name, judged.filter(({ winner }) => winner === name).length / places.length]);
  const others = results.has(champion) ? names.filter((name) => name !== champion) : [];
  const advantage = others.map((other) => {
    const shares = places.map((_, i) => 1 - errorAt(champion, i) / errorAt(other, i));
    const mean = shares.reduce((sum, share) => sum + share, 0) / places.length;
    return [other, Number.isFinite(mean) ? mean : null];
  });
  return {
    rows: rowsPerPlace,
    synthetic: true,
    places: judged,
    winRate: Object.fromEntries(winRate),
    championAdvantage: Object.fromEntries(advantage),
  };
}
