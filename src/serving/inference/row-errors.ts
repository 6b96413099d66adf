import { KaaykoError } from "../../core/index.ts";
import { type ModelPredictor, rowsToBatch } from "../../models/index.ts";
import { pointerPart } from "../json-pointer.ts";
import type { FieldError } from "../problem.ts";

const MAX_ROWS = 10;
const MAX_ERRORS = 100;

/**
 * Finds every field that keeps rows from being predicted, in the first rows that have some. It asks what predicts, cell by
 * cell, so that both agree; only rows that were refused as a whole come here.
 */
export async function rowErrors(predictor: ModelPredictor, rows: readonly unknown[]): Promise<FieldError[]> {
  const errors: FieldError[] = [];
  let faulty = 0;
  for (const [i, row] of rows.entries()) {
    if (faulty === MAX_ROWS || errors.length >= MAX_ERRORS) break;
    const found = await errorsOfRow(predictor, row, `/rows/${i}`);
    if (found.length > 0) faulty++;
    errors.push(...found);
  }
  return errors.slice(0, MAX_ERRORS);
}

async function errorsOfRow(predictor: ModelPredictor, row: unknown, path: string): Promise<FieldError[]> {
  const { inputs } = predictor;
  const whole = messageOf(() => rowsToBatch([], [row]));
  if (whole !== null) return [{ path, message: whole }];
  const cells = inputs.flatMap((input) => {
    const message = messageOf(() => rowsToBatch([input], [row]));
    return message === null ? [] : [{ path: `${path}/${pointerPart(input.name)}`, message }];
  });
  if (cells.length > 0) return cells;
  try {
    await predictor.predict(rowsToBatch(inputs, [row]));
    return [];
  } catch (error) {
    return [{ path, message: ruleOf(error) }];
  }
}

function messageOf(attempt: () => unknown): string | null {
  try {
    attempt();
    return null;
  } catch (error) {
    return ruleOf(error);
  }
}

/** What an error about a row says, without the row's number. */
function ruleOf(error: unknown): string {
  if (!(error instanceof KaaykoError) || error.kind !== "input") throw error;
  return error.message.replace(/^Cannot predict row \d+: /, "").slice(0, 500);
}
