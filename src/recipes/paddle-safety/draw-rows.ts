import { type Batch, type CodeArray, type Column, type RandomStream, randomStream } from "../../core/index.ts";
import { bell, drawConditions } from "./climate.ts";
import { type Conditions, FEATURES, TARGET } from "./columns.ts";
import { expertScore, noiseAt } from "./expert-rule.ts";
import type { Lake } from "./lake.ts";
import { Recorder } from "./recorder.ts";

/** Rows that share one random stream. Any block can be drawn without the ones before it. */
export const BLOCK_ROWS = 65_536;

/** Draws block number `block` of a seed's table: 35 features and the score. */
export function drawBlock(seed: number, lakes: readonly Lake[], block: number, rows: number): Batch {
  const random = randomStream(seed, "paddle-safety", "rows", block);
  return drawRows(random, () => lakes[random.integer(lakes.length)]!, rows, block * BLOCK_ROWS);
}

/** Draws rows from a stream: hours at lakes that `pickLake` gives, with the expert's score of each and its noise. */
export function drawRows(random: RandomStream, pickLake: () => Lake, rows: number, firstRow: number): Batch {
  const recorder = new Recorder(rows);
  const scores = new Float32Array(rows);
  const conditions = {} as Conditions;
  for (let row = 0; row < rows; row++) {
    drawConditions(conditions, pickLake(), random);
    recorder.record(conditions, row);
    const score = expertScore(conditions);
    scores[row] = score + noiseAt(score) * bell(random);
  }
  const columns: Column[] = FEATURES.map(({ name, categories, boolean }, f) =>
    categories
      ? { kind: "categorical", name, codes: recorder.columns[f] as CodeArray, dictionary: categories }
      : { kind: boolean ? "boolean" : "numeric", name, values: recorder.columns[f] as Float32Array },
  );
  columns.push({ kind: "numeric", name: TARGET, values: scores });
  return { firstRow, rows, columns };
}
