import type { TableSource } from "../../core/index.ts";
import { isIndicator, joinedLabels, mappedSource } from "../../data/index.ts";
import { findTextColumns, firstBatch, TEXT_NAMES } from "../text-columns.ts";
import { spaced } from "../word-lists.ts";
import { EMOTIONS } from "./labels.ts";

export const TEXT = "text";
export const TARGET = "labels";

/** How tables call their columns of labels. */
const LABEL_NAMES = [TARGET, "label", "emotions", "emotion", "sentiment", "feeling", "category", "class", "target"];
/** Columns of GoEmotions' own files, which have no header: the comment, the numbers of its labels, an identifier. */
const PUBLISHED_LABELS = "c1";
const NUMBERS = /^\d+(?:,\d+)*$/;
/** Columns of labels that stand beside one another, at least: two could be anything. */
const LEAST_LABELS = 3;

/**
 * Reads tables of texts and labels whose columns have other names or none, one column for each label (0 or 1), and GoEmotions' published
 * files; any other table stays as it is.
 */
export async function adaptEmotions(source: TableSource): Promise<TableSource> {
  const { text, label } = await findTextColumns(source, { texts: TEXT_NAMES, labels: LABEL_NAMES });
  if (text === undefined) return source;
  const texts = { from: text, to: TEXT, cell: spaced };
  if (label !== undefined)
    return mappedSource(source, [
      texts,
      { from: label, to: TARGET, ...(label === PUBLISHED_LABELS ? { cell: namesOf } : {}) },
    ]);
  const columns = await labelColumns(source);
  if (columns.length < LEAST_LABELS) return mappedSource(source, [texts]);
  return mappedSource(joinedLabels(source, { columns, to: TARGET }), [texts, { from: TARGET, to: TARGET }]);
}

/** The longest run of neighbouring columns of one kind that hold 0 and 1. */
async function labelColumns(source: TableSource): Promise<string[]> {
  const columns = (await firstBatch(source))?.columns ?? [];
  let longest: string[] = [];
  let run: string[] = [];
  columns.forEach((column, i) => {
    if (!isIndicator(column)) run = [];
    else run = run.length > 0 && columns[i - 1]!.kind === column.kind ? [...run, column.name] : [column.name];
    if (run.length > longest.length) longest = run;
  });
  return longest;
}

/** `2,14` as `anger,fear`; a cell that holds anything else is left as it is. */
function namesOf(cell: string): string {
  if (!NUMBERS.test(cell)) return cell;
  return cell
    .split(",")
    .map((number) => EMOTIONS[Number(number)] ?? number)
    .join(",");
}
