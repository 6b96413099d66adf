import { type JsonObject, type JsonValue, KaaykoError, parseJson } from "../../core/index.ts";
import { type ModelPredictor, predictRows } from "../../models/index.ts";
import { type FieldError, invalid, Problem } from "../problem.ts";
import { rowErrors } from "./row-errors.ts";

/**
 * The rows of a request's body: `{ "rows": [{…}, …] }`.
 *
 * @throws Problem 400 for what is no JSON or nested too deeply, 422 for anything else than rows or more than `maxRows`
 */
export function parseRows(body: Uint8Array, maxRows: number): JsonValue[] {
  const value = parseBody(body);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalidBody([{ path: "", message: "must be an object" }]);
  const unknown = Object.keys(value).filter((key) => key !== "rows");
  if (unknown.length > 0)
    throw invalidBody(unknown.slice(0, 10).map((key) => ({ path: `/${key.slice(0, 100)}`, message: "is not known" })));
  const rows = Object.hasOwn(value, "rows") ? value.rows : undefined;
  if (!Array.isArray(rows)) throw invalidBody([{ path: "/rows", message: "must be an array of objects" }]);
  if (rows.length > maxRows) throw invalidBody([{ path: "/rows", message: `must have at most ${maxRows} rows` }]);
  return rows;
}

/** @throws Problem 422 naming the path of each field that cannot be */
export async function answerRows(predictor: ModelPredictor, rows: readonly JsonValue[]): Promise<JsonObject[]> {
  try {
    return await predictRows(predictor, rows);
  } catch (error) {
    if (!(error instanceof KaaykoError) || error.kind !== "input") throw error;
    const errors = await rowErrors(predictor, rows);
    throw invalid(
      "The rows do not fit the model.",
      errors.length > 0 ? errors : [{ path: "/rows", message: "no fit" }],
    );
  }
}

function parseBody(body: Uint8Array): JsonValue {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
    // Columns may have any name, and are only looked up as a row's own.
    return parseJson(text, "the body", { anyKeys: true });
  } catch {
    throw new Problem({ status: 400, detail: "The body must be JSON in UTF-8, at most 64 levels deep." });
  }
}

function invalidBody(errors: readonly FieldError[]): Problem {
  return invalid("The body does not fit its schema.", errors);
}
