import { openRowLog, type RowLog, type RowLogOptions } from "../prediction-log.ts";

/** What is written of a text: its tags, apart by spaces, and its entities as JSON. */
export type TaggedCells = readonly [tags: string, entities: string];

export type TagLog = RowLog<readonly TaggedCells[]>;

/** Opens the log of an output of tags; as `openPredictionLog`. */
export function openTagLog(options: RowLogOptions): Promise<TagLog> {
  return openRowLog<readonly TaggedCells[]>(options, {
    plan: { form: "tags" },
    rowsOf: (part) => part.length,
    join: (parts) => parts.flat(),
    toBytes: (whole) => new TextEncoder().encode(JSON.stringify(whole)),
    fromBytes: readCells,
    slice: (whole, first, count) => whole.slice(first, first + count),
  });
}

/** Undefined for whatever we did not write: it is made again. */
function readCells(bytes: Uint8Array, rows: number): TaggedCells[] | undefined {
  try {
    const whole: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(whole) && whole.length === rows && whole.every(isCells) ? whole : undefined;
  } catch {
    return undefined;
  }
}

function isCells(row: unknown): row is TaggedCells {
  return Array.isArray(row) && row.length === 2 && row.every((cell) => typeof cell === "string");
}
