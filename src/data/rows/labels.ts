import { type CodeArray, type Column, newCodes, type Task, targetWidth } from "../../core/index.ts";
import type { LoadedTable } from "../loaded-table.ts";
import { cellsOf } from "../tagging/tagging-task.ts";
import { createTargetEncoder } from "../target.ts";

/** What a split looks at of the target: one byte a row, and for classes a code of one or two more. */
export interface Labels {
  /** By place: 1 for rows of the sample that have a target, else 0. */
  readonly usable: Uint8Array;
  /** Class codes by place, 0 where unusable; null for regression. */
  readonly classes: { readonly codes: CodeArray; readonly count: number } | null;
}

/**
 * Reads a table's target for the split, a batch at a time where the table is streamed: its values are not kept.
 *
 * @throws KaaykoError (input) for a class that the task does not know, or an infinite value
 */
export async function readLabels(loaded: LoadedTable, task: Task): Promise<Labels> {
  const { places, rowNumbers, sample } = loaded;
  const usable = new Uint8Array(places);
  // Rows of several labels or tags have no class to be dealt by.
  const count = task.kind === "multilabel" || task.kind === "tagging" ? 0 : (task.classes?.length ?? 0);
  const codes = count === 0 ? null : newCodes(places, count);
  // Of a ranking only the relevance is read here, of tags whether there are some.
  const width = task.kind === "ranking" || task.kind === "tagging" ? 1 : targetWidth(task);
  const encode = task.kind === "tagging" ? presenceOf : createTargetEncoder(task);
  // In memory the table holds the sample only; streamed, every row of the source has a place.
  const mustBeSampled = sample !== null && rowNumbers === null;
  await loaded.scanColumn(task.target, (column, firstPlace) => {
    const target = encode(column);
    for (let i = 0; i * width < target.length; i++) {
      const value = target[i * width]!;
      if (Number.isNaN(value) || (mustBeSampled && !sample.has(firstPlace + i))) continue;
      usable[firstPlace + i] = 1;
      if (codes !== null) codes[firstPlace + i] = value;
    }
  });
  return { usable, classes: codes === null ? null : { codes, count } };
}

/** 1 where a cell holds something, else NaN. */
function presenceOf(column: Column): Float64Array {
  return Float64Array.from(cellsOf(column), (cell) => (cell === null ? Number.NaN : 1));
}
