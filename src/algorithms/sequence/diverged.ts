import { KaaykoError } from "../../core/index.ts";
import type { Batch, UpdateReport } from "../neural/steps/index.ts";

/** Standardised values beyond this are a likely cause. */
const EXTREME = 1e4;

interface Where {
  readonly update: number;
  readonly epoch: number;
  readonly batch: number;
  readonly learningRate: number;
}

/** The error of an update that gave no number: where it happened, and its likely cause. What was saved before is untouched. */
export function diverged(name: string, report: UpdateReport, batch: Batch, where: Where): KaaykoError {
  const extreme = largest(batch);
  return new KaaykoError({
    action: `train the ${name}`,
    rule: "loss and gradients must stay finite",
    got: `loss ${report.loss} and gradients of length ${report.gradientNorm} at update ${where.update + 1} (epoch ${where.epoch + 1}, batch ${where.batch + 1}, ${batch.rows} rows)`,
    remedy:
      extreme.value > EXTREME
        ? `Most likely its ${extreme.name} holds extreme values (up to ${extreme.value.toPrecision(3)} deviations from the mean): look for wrong readings.`
        : `Most likely the learning rate is too high: set ${name}.learningRate under ${where.learningRate}.`,
  });
}

function largest({ rows, arrays }: Batch): { name: string; value: number } {
  let found = { name: "", value: 0 };
  for (const [name, array] of Object.entries(arrays)) {
    const used = name === "window" || name === "target" ? array : [];
    for (const value of used) if (Math.abs(value) > found.value) found = { name, value: Math.abs(value) };
  }
  return rows === 0 ? { name: "", value: 0 } : found;
}
