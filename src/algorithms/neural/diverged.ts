import { KaaykoError } from "../../core/index.ts";
import type { TrainingRows } from "./engine.ts";
import type { Progress } from "./progress.ts";
import type { Settings } from "./settings.ts";

/** Standardised targets beyond this are a likely cause; inputs are bent before they come that far. */
const EXTREME = 1e4;

/** The error of an update that gave no number: where it happened, and its likely cause. What was saved before is untouched. */
export function diverged(
  loss: number,
  { rows, target, weight }: TrainingRows,
  { epoch, update, lossBatches }: Progress,
  { learningRate }: Settings,
): KaaykoError {
  const farthest = largest(target.subarray(0, rows));
  const heaviest = largest(weight.subarray(0, rows));
  return new KaaykoError({
    action: "train the mlp",
    rule: "its loss must stay finite",
    got: `${loss} at update ${update + 1} (epoch ${epoch + 1}, batch ${lossBatches + 1}, ${rows} rows)`,
    remedy:
      farthest > EXTREME
        ? `Most likely its targets hold extreme values (up to ${farthest.toPrecision(3)} deviations from the mean): look for wrong ones.`
        : Number.isFinite(heaviest)
          ? `Most likely the learning rate is too high: set mlp.learningRate under ${learningRate}.`
          : "Most likely its weights are too large: scale them down.",
  });
}

function largest(values: Float32Array): number {
  let most = 0;
  for (const value of values) if (!(Math.abs(value) <= most)) most = Math.abs(value);
  return most;
}
