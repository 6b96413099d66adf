import {
  type Batch,
  type CodeArray,
  type Column,
  newCodes,
  type RandomStream,
  randomStream,
} from "../../core/index.ts";
import { bell, drawConditions } from "./climate.ts";
import { type Conditions, FEATURES, TARGET } from "./columns.ts";
import { expertScore, noiseAt } from "./expert-rule.ts";
import type { Lake } from "./lake.ts";

/** Rows that share one random stream. Any block can be drawn without the ones before it. */
export const BLOCK_ROWS = 16_384;

/** Draws block number `block` of a seed's table: 35 features and the score. */
export function drawBlock(seed: number, lakes: readonly Lake[], block: number, rows: number): Batch {
  const random = randomStream(seed, "paddle-safety", "rows", block);
  return drawRows(random, () => lakes[random.integer(lakes.length)]!, rows, block * BLOCK_ROWS);
}

/** Draws rows from a stream: hours at lakes that `pickLake` gives, with the expert's score of each and its noise. */
export function drawRows(random: RandomStream, pickLake: () => Lake, rows: number, firstRow: number): Batch {
  const values = FEATURES.map(({ categories }) =>
    categories ? newCodes(rows, categories.length) : new Float32Array(rows),
  );
  const scores = new Float32Array(rows);
  const conditions = {} as Conditions;
  for (let row = 0; row < rows; row++) {
    drawConditions(conditions, pickLake(), random);
    writeConditions(conditions, values, row);
    const score = expertScore(conditions);
    scores[row] = score + noiseAt(score) * bell(random);
  }
  const columns: Column[] = FEATURES.map(({ name, categories, boolean }, f) =>
    categories
      ? { kind: "categorical", name, codes: values[f] as CodeArray, dictionary: categories }
      : { kind: boolean ? "boolean" : "numeric", name, values: values[f] as Float32Array },
  );
  columns.push({ kind: "numeric", name: TARGET, values: scores });
  return { firstRow, rows, columns };
}

/**
 * Writes conditions into their columns, to the precision of their instruments, and puts back what the table holds: the expert reads
 * the table's float32 values, so that the score is a function of what a model sees.
 */
function writeConditions(conditions: Conditions, columns: readonly (Float32Array | CodeArray)[], row: number): void {
  for (let f = 0; f < FEATURES.length; f++) {
    const { name, categories, steps = 1 } = FEATURES[f]!;
    const column = columns[f]!;
    if (categories) column[row] = conditions[name] + 1;
    else conditions[name] = column[row] = Math.fround(Math.round(conditions[name] * steps) / steps);
  }
}
