import type { StepScore } from "../metrics/index.ts";
import type { TrainDocument } from "./document.ts";
import { formatNumber, formatShare } from "./format.ts";
import { rankedAlgorithms } from "./ranking.ts";
import { printable, type Style } from "./style.ts";
import { renderTable } from "./table.ts";

/** How forecasts fare some steps ahead, as a table of texts. */
export interface StepTable {
  /** What a cell holds, in its order. */
  readonly measures: string;
  /** Steps ahead: the first, a quarter, half, all. */
  readonly steps: readonly number[];
  /** An algorithm and a cell for each step, the champion first. */
  readonly rows: readonly (readonly string[])[];
}

const PARTS = [4, 2, 1] as const;

/** Errors by steps ahead, of a run's forecasts of several; null for all else. */
export function stepTable(document: TrainDocument): StepTable | null {
  return tableOfSteps(
    rankedAlgorithms(document).map(({ name, title, steps = [] }) => ({ name: title ?? name, steps })),
  );
}

/** Errors by steps ahead, of whatever forecasts several; null where nothing does. */
export function tableOfSteps(
  forecasters: readonly { readonly name: string; readonly steps: readonly StepScore[] }[],
): StepTable | null {
  const found = forecasters.filter((one) => one.steps.length > 1);
  if (found.length === 0) return null;
  const last = found[0]!.steps.length;
  const steps = [...new Set([1, ...PARTS.map((part) => Math.ceil(last / part))])].sort((a, b) => a - b);
  const rows = found.map((one) => [
    one.name,
    ...steps.map((step) => {
      const { mae = null, rmse = null, mape = null } = one.steps.find((score) => score.step === step) ?? {};
      return `${formatNumber(mae)} / ${formatNumber(rmse)} / ${mape === null ? "-" : formatShare(mape)}`;
    }),
  ]);
  return { measures: "mae / rmse / mape", steps, rows };
}

/** The table for a terminal. Where it is narrow, the farthest step stays. */
export function renderStepTable({ steps, rows }: StepTable, style: Style): string {
  const columns = steps.map((step, i) => ({
    title: step === 1 ? "1 step" : `${step} steps`,
    align: "right" as const,
    ...(i === steps.length - 1 ? {} : { optional: steps.length - i }),
  }));
  return renderTable(
    [{ title: "" }, ...columns],
    rows.map((cells) => cells.map(printable)),
    style,
  );
}
