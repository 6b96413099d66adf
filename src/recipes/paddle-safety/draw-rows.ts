import { type Batch, type Column, newCodes, randomStream } from "../../core/index.ts";
import { bell, drawConditions, type Lake } from "./climate.ts";
import { type Conditions, FEATURES, TARGET } from "./columns.ts";
import { expertScore, noiseAt } from "./expert-rule.ts";

/** Rows that share one random stream. Any block can be drawn without the ones before it. */
export const BLOCK_ROWS = 16_384;

export interface DrawnBlock {
  readonly batch: Batch;
  /** Sum over the rows of the noise's variance: divided by the rows, the best possible mean squared error. */
  readonly noiseVariance: number;
}

/** Draws block number `block` of a seed's table: 35 features and the score. */
export function drawBlock(seed: number, lakes: readonly Lake[], block: number, rows: number): DrawnBlock {
  const random = randomStream(seed, "paddle-safety", "rows", block);
  const features = FEATURES.map(({ categories }) =>
    categories ? newCodes(rows, categories.length) : new Float32Array(rows),
  );
  const scores = new Float32Array(rows);
  const conditions = {} as Conditions;
  let noiseVariance = 0;
  for (let row = 0; row < rows; row++) {
    drawConditions(conditions, lakes[random.integer(lakes.length)]!, random);
    for (let f = 0; f < FEATURES.length; f++) {
      const { name, categories } = FEATURES[f]!;
      // The expert reads the table's float32 values, so that the score is a function of what a model sees.
      features[f]![row] = categories ? conditions[name] + 1 : conditions[name];
      if (!categories) conditions[name] = features[f]![row]!;
    }
    const score = expertScore(conditions);
    const noise = noiseAt(score);
    noiseVariance += noise * noise;
    scores[row] = score + noise * bell(random);
  }
  const columns: Column[] = FEATURES.map(({ name, categories, boolean }, f) =>
    categories
      ? { kind: "categorical", name, codes: features[f] as Uint8Array, dictionary: categories }
      : { kind: boolean ? "boolean" : "numeric", name, values: features[f] as Float32Array },
  );
  columns.push({ kind: "numeric", name: TARGET, values: scores });
  return { batch: { firstRow: block * BLOCK_ROWS, rows, columns }, noiseVariance };
}
