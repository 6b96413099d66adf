import type { Column } from "../../../core/columns.ts";
import { KaaykoError } from "../../../core/errors.ts";
import type { CodeArray } from "../../../core/typed-arrays.ts";
import type { FileBytes } from "../file-bytes.ts";
import type { BatchSupply } from "./batch-supply.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { startDecoding } from "./decoding-threads.ts";
import type { FileLayout } from "./file-layout.ts";
import type { StringGain } from "./retained-columns.ts";
import { type BatchBuffers, numberBytes, numbersOver } from "./streamed-columns.ts";

/** Portions that threads decode ahead of the one that is being used. */
const AHEAD = 2;
/** Rows of a portion at most, where row groups have more. */
const PORTION_ROWS = 1 << 20;

/**
 * Batches that are views into memory for all rows, which other threads can read. They are decoded by row groups, so that
 * only the dictionaries of the column at hand are in memory.
 */
export function keepAllRows(
  file: FileBytes,
  layout: FileLayout,
  plans: readonly ColumnPlan[],
  { batchRows, threads }: { batchRows: number; threads: number },
): BatchSupply {
  const buffers = allocate(layout, plans);
  const decoding = startDecoding(file, layout, plans, buffers, threads);
  const ahead = threads < 2 ? 1 : AHEAD;
  const strings = plans.map((): { codes: CodeArray; dictionary: string[] } => ({
    codes: new Uint8Array(0),
    dictionary: [],
  }));
  const ends = portionEnds(layout, batchRows);
  const pending: Promise<(StringGain | undefined)[]>[] = [];
  let asked = 0;
  let taken = 0;

  /** Always portion by portion, so that dictionaries and widths are the same however often the reader stopped. */
  const advance = async (): Promise<void> => {
    for (; pending.length < ahead && asked < ends.length; asked++) {
      const gains = decoding.advance(ends[asked]!);
      gains.catch(() => {});
      pending.push(gains);
    }
    const gains = await pending.shift()!;
    for (const [i, gain] of gains.entries()) if (gain !== undefined) take(strings[i]!, gain);
    taken++;
  };
  const done = (): number => (taken === 0 ? 0 : ends[taken - 1]!);
  const columns = (row: number, rows: number): Column[] =>
    plans.map((plan, i) => {
      const { name, kind } = plan;
      if (kind === "categorical" || kind === "text") {
        const { codes, dictionary } = strings[i]!;
        return { name, kind, codes: codes.subarray(row, row + rows), dictionary };
      }
      return { name, kind, values: numbersOver(plan, buffers[i]!, layout.rows).subarray(row, row + rows) };
    });
  return {
    async columns(row, rows) {
      while (done() < row + rows) await advance();
      return columns(row, rows);
    },
    table: () => (done() === layout.rows ? columns(0, layout.rows) : undefined),
    async complete() {
      while (done() < layout.rows) await advance();
    },
    close: () => decoding.close(),
  };
}

/** Where portions end: at the ends of row groups, unless these are further apart than that. */
function portionEnds({ rows, groups }: FileLayout, batchRows: number): number[] {
  const ends: number[] = [];
  let last = 0;
  for (const group of groups) {
    const end = group.firstRow + group.rows;
    for (; end - last > PORTION_ROWS * 1.5; last += PORTION_ROWS) ends.push(last + PORTION_ROWS);
    if (end - last < batchRows && end < rows) continue;
    if (end > last) ends.push(end);
    last = end;
  }
  return ends;
}

function take(strings: { codes: CodeArray; dictionary: string[] }, { codes, added }: StringGain): void {
  if (codes !== undefined) strings.codes = codes;
  for (const text of added) strings.dictionary.push(text);
}

function allocate({ path, rows }: FileLayout, plans: readonly ColumnPlan[]): BatchBuffers {
  try {
    return plans.map((plan) =>
      plan.stored === "numbers" ? new SharedArrayBuffer(rows * numberBytes(plan)) : undefined,
    );
  } catch (error) {
    throw new KaaykoError({
      action: `keep ${path} in memory`,
      rule: "its rows must fit",
      got: `${rows} rows of ${plans.length} columns`,
      kind: "input",
      remedy: "Read fewer columns, or stream it.",
      cause: error,
    });
  }
}
