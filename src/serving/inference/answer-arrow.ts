import { KaaykoError } from "../../core/index.ts";
import { createArrowStream, openArrowBytes } from "../../data/index.ts";
import { type ModelPredictor, predictFile } from "../../models/index.ts";
import { invalid } from "../problem.ts";

/** An Arrow IPC stream of rows → the stream of their predictions, in order. @throws Problem 422 for rows that cannot be */
export async function answerArrow(
  predictor: ModelPredictor,
  body: Uint8Array,
  maxRows: number,
): Promise<{ rows: number; body: Uint8Array }> {
  try {
    const source = await openArrowBytes(body, "the body");
    const { rows = 0 } = await source.describe();
    if (rows > maxRows) throw invalid(`The body may have at most ${maxRows} rows.`, []);
    let stream: Awaited<ReturnType<typeof createArrowStream>> | undefined;
    const openWriter = async (columns: Parameters<typeof createArrowStream>[0]) => {
      stream = await createArrowStream(columns);
      return stream;
    };
    await predictFile({ predictor, source, openWriter });
    return { rows, body: stream!.bytes() };
  } catch (error) {
    if (!(error instanceof KaaykoError) || error.kind !== "input") throw error;
    throw invalid(error.message, []);
  }
}
