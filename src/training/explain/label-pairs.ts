import type { LabelPair } from "../../core/index.ts";
import type { JudgedLabels } from "./judged-labels.ts";

/** Pairs that are said, at most, and rows that must have both. */
const MOST_PAIRS = 15;
const LEAST_ROWS = 3;

/** Labels that rows have together, the most frequent pairs first: how often, how often by chance, and how often predicted. */
export function labelPairs({ labels, rows, actual, predicted }: JudgedLabels): LabelPair[] {
  const width = labels.length;
  const single = new Float64Array(width);
  const together = new Float64Array(width * width);
  const said = new Float64Array(width * width);
  for (let at = 0; at < rows * width; at += width)
    for (let i = 0; i < width; i++) {
      single[i]! += actual[at + i]!;
      for (let k = i + 1; k < width; k++) {
        together[i * width + k]! += actual[at + i]! * actual[at + k]!;
        said[i * width + k]! += predicted[at + i]! * predicted[at + k]!;
      }
    }
  const pairs: LabelPair[] = [];
  for (let i = 0; i < width; i++)
    for (let k = i + 1; k < width; k++) {
      const count = together[i * width + k]!;
      const expected = (single[i]! * single[k]!) / rows;
      const names = { first: labels[i]!, second: labels[k]! };
      if (count >= LEAST_ROWS) pairs.push({ ...names, rows: count, expected, predicted: said[i * width + k]! });
    }
  return pairs.sort((a, b) => b.rows - a.rows).slice(0, MOST_PAIRS);
}
