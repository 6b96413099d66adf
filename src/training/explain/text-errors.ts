import { log, type TextError } from "../../core/index.ts";
import type { JudgedLabels } from "./judged-labels.ts";

/** Errors that are shown, of each label, and characters of a text. */
const MOST_ERRORS = 24;
const MOST_OF_LABEL = 2;
const MOST_CHARACTERS = 240;
/** Probabilities are no farther from 0 and 1 in the surprise. */
const LEAST = 1e-6;

interface Surprise {
  readonly row: number;
  readonly label: number;
  readonly amount: number;
}

/**
 * The errors that are worth reading: of each label those that the model was surest of, at most two, each text once. Such rows are the
 * ones where the truth is doubtful, or the model has missed something.
 *
 * @param texts of the rows; null where missing
 */
export function textErrors(judged: JudgedLabels, texts: readonly (string | null)[]): TextError[] {
  const { labels, probabilities } = judged;
  const width = labels.length;
  const count = new Map<number, number>();
  const seen = new Set<string>();
  const errors: TextError[] = [];
  for (const { row, label } of surprises(judged)) {
    const text = texts[row];
    if (errors.length === MOST_ERRORS) break;
    if (text === null || text === undefined || seen.has(text) || (count.get(label) ?? 0) >= MOST_OF_LABEL) continue;
    seen.add(text);
    count.set(label, (count.get(label) ?? 0) + 1);
    errors.push({
      text: shortened(text),
      label: labels[label]!,
      probability: probabilities[row * width + label]!,
      actual: labels.filter((_, k) => judged.actual[row * width + k] === 1),
      predicted: labels.filter((_, k) => judged.predicted[row * width + k] === 1),
    });
  }
  return errors;
}

/** Wrong labels, the most surprising first; of one row the most surprising alone, of classes the one that was missed. */
function surprises({ labels, several, rows, actual, predicted, probabilities }: JudgedLabels): Surprise[] {
  const width = labels.length;
  const found: Surprise[] = [];
  for (let row = 0; row < rows; row++) {
    let worst: Surprise | null = null;
    for (let label = 0; label < width; label++) {
      const at = row * width + label;
      if (actual[at] === predicted[at] || (!several && actual[at] === 0)) continue;
      const truth = actual[at] === 1 ? probabilities[at]! : 1 - probabilities[at]!;
      const amount = -log(Math.max(LEAST, truth));
      if (worst === null || amount > worst.amount) worst = { row, label, amount };
    }
    if (worst !== null) found.push(worst);
  }
  return found.sort((a, b) => b.amount - a.amount || a.row - b.row);
}

/** By code points, so that no emoji is cut in two. */
function shortened(text: string): string {
  const points = [...text];
  return points.length <= MOST_CHARACTERS ? text : `${points.slice(0, MOST_CHARACTERS).join("")}…`;
}
