import { type ColumnKind, KaaykoError, kindFor, type SourceDescription } from "../core/index.ts";
import { WINDOW_ROWS } from "./dataset/pass-plan.ts";

/** `needed` where an algorithm of the run works in memory only, `preferred` where one is faster there, else `unused`. */
export type MemoryNeed = "needed" | "preferred" | "unused";

export interface MemoryQuestion {
  readonly description: SourceDescription;
  /** Columns to be read; default all. */
  readonly columns?: readonly string[];
  readonly kinds?: Readonly<Record<string, ColumnKind>>;
  /** Rows to be used, where a sample is; default all rows of the source. */
  readonly rows?: number;
  /** Bytes that the data may take. */
  readonly maxMemory: number;
  readonly need: MemoryNeed;
  /** Outputs of a model for a row (scores, gradients); default 1. */
  readonly outputs?: number;
}

export interface MemoryPlan {
  readonly mode: "memory" | "stream";
  /** Estimated bytes of the table, its encoding and what training keeps for every row, in memory. */
  readonly bytes: number;
  /** Rows of the source, estimated where only reading tells. */
  readonly rows: number;
  readonly rowsEstimated: boolean;
  /** Rows that would fit. */
  readonly rowsThatFit: number;
}

/** Bytes of a cell as read, as encoded beside it, and its bin for the trees. */
const CELL_BYTES: Record<ColumnKind, number> = {
  numeric: 4 + 0 + 1,
  boolean: 4 + 0 + 1,
  // Float64, and some seven calendar parts of 4 bytes and a bin.
  date: 8 + 7 * 5,
  // Codes, encoded codes, a bin, and a share of the dictionary.
  categorical: 2 + 2 + 1 + 3,
  // Codes, measures with bins, and the texts themselves, of which most rows have their own.
  text: 4 + 6 * 5 + 120,
};
/** Stored as float64 where the source says so. */
const DOUBLE = /double|float64|int64|uint64|decimal/i;
/** Roles, row numbers, target and scores, gradients and node of a row. */
const ROW_BYTES = 1 + 4 + 8 + 4;
const OUTPUT_BYTES = 8 + 8;
/** Dictionaries, histograms and buffers, whatever the rows. */
const FIXED_BYTES = 16e6;
/** Bytes of a cell in a text file, for its number of rows. */
const TEXT_CELL_BYTES = 5;

/**
 * Says whether the data is held in memory or streamed, before anything is read. It is held only where an algorithm needs
 * or prefers that and it fits, or where it is no more than the window of rows that a streamed pass holds anyway.
 *
 * @throws KaaykoError (usage) where it does not fit and an algorithm needs it, with the sample size that would
 */
export function planMemory(question: MemoryQuestion): MemoryPlan {
  const { description, maxMemory, need } = question;
  const columns = description.columns.filter(({ name }) => question.columns?.includes(name) ?? true);
  const perCell = columns.map(({ name, kind, physical }) => {
    const read = kindFor(name, question.kinds) ?? kind;
    return CELL_BYTES[read] + (read === "numeric" && DOUBLE.test(physical) ? 4 : 0);
  });
  const perRow = perCell.reduce((sum, bytes) => sum + bytes, ROW_BYTES + OUTPUT_BYTES * (question.outputs ?? 1));
  const estimated = Math.ceil(description.bytes / Math.max(1, TEXT_CELL_BYTES * description.columns.length));
  const rows = question.rows ?? description.rows ?? estimated;
  const bytes = FIXED_BYTES + rows * perRow;
  const rowsThatFit = Math.max(0, Math.floor((maxMemory - FIXED_BYTES) / perRow));
  const plan = { bytes, rows, rowsEstimated: (question.rows ?? description.rows) === undefined, rowsThatFit };
  if (bytes <= maxMemory && (need !== "unused" || rows <= WINDOW_ROWS)) return { mode: "memory", ...plan };
  if (need !== "needed") return { mode: "stream", ...plan };
  throw refusal(plan, maxMemory);
}

function refusal(plan: Omit<MemoryPlan, "mode">, maxMemory: number): KaaykoError {
  const size = (bytes: number) => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)}GB` : `${Math.ceil(bytes / 1e6)}MB`);
  const fitting = roundDown(plan.rowsThatFit);
  const sample = fitting > 0 ? `--sample-size ${fitting}, ` : "";
  return new KaaykoError({
    action: "hold the data in memory",
    rule: `it must fit ${size(maxMemory)}`,
    got: `about ${size(plan.bytes)} for ${plan.rows.toLocaleString("en-US")} rows`,
    remedy: `Use ${sample}a larger --max-memory (${size(plan.bytes)}), or only algorithms that stream (xgboost, hist-gradient, mlp, baseline).`,
    kind: "usage",
  });
}

/** Two leading digits, so that the number reads well. */
function roundDown(rows: number): number {
  if (rows < 100) return rows;
  const unit = 10 ** (String(rows).length - 2);
  return Math.floor(rows / unit) * unit;
}
