import { type Batch, columnNamed, isStringColumn, type Truth } from "../../core/index.ts";
import { type Conditions, FEATURES } from "./columns.ts";
import { expertScore, NOISE_REACH, noiseAt } from "./expert-rule.ts";

/** Rounding a score to float32 moves it by less than this. */
const ROUNDING = 1e-6;

/** The expert's rule behind the synthetic score. */
export const TRUTH: Truth = {
  title: "the expert's rule without its noise",
  expect(batch) {
    const expected = new Float64Array(batch.rows);
    const reach = new Float64Array(batch.rows);
    const readers = FEATURES.map(({ name, categories }) => ({ name, read: readerOf(batch, name, categories) }));
    const conditions = {} as Conditions;
    for (let row = 0; row < batch.rows; row++) {
      for (const { name, read } of readers) conditions[name] = read(row);
      expected[row] = expertScore(conditions);
      reach[row] = noiseAt(expected[row]!) * NOISE_REACH + ROUNDING;
    }
    return { expected, reach };
  },
};

/** Reads a column's value as the expert knows it: NaN where it is missing or the table has no such column. */
function readerOf(batch: Batch, name: string, categories: readonly string[] | undefined): (row: number) => number {
  const column = columnNamed(batch.columns, name);
  if (column === undefined) return () => Number.NaN;
  if (!isStringColumn(column)) return (row) => column.values[row]!;
  const codes = [Number.NaN, ...column.dictionary.map((text) => categories?.indexOf(text) ?? Number.NaN)];
  return (row) => codes[column.codes[row]!]!;
}
