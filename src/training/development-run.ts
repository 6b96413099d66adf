import type { Dataset, DevelopmentRun } from "../core/index.ts";
import type { SampledRows } from "./preparation.ts";

/**
 * What a development run saved. Reading and saving take as long as ever, fitting is taken to grow with the rows (which batches outdo
 * that are larger on all rows), judging with the rows that are judged.
 *
 * @param stages seconds by the name of the stage
 */
export function developmentRun(
  { rows, of, wholeTest }: SampledRows,
  stages: ReadonlyMap<string, { readonly seconds: number }>,
  dataset: Pick<Dataset, "rows"> | undefined,
): DevelopmentRun {
  const growth = of / rows;
  const { validation = 0, test = 0 } = dataset?.rows ?? {};
  const judged = Math.max(1, validation + test);
  const growths: Readonly<Record<string, number>> = {
    features: growth,
    train: growth,
    evaluate: wholeTest ? (validation * growth + test) / judged : growth,
  };
  let [seconds, estimated] = [0, 0];
  for (const [name, stage] of stages) {
    seconds += stage.seconds;
    estimated += stage.seconds * (growths[name] ?? 1);
  }
  const speedUp = seconds > 0 ? estimated / seconds : 1;
  return { rows, of, seconds: rounded(seconds), estimatedSeconds: rounded(estimated), speedUp: rounded(speedUp) };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
