import type { TableSource } from "../../core/index.ts";
import { mappedSource } from "../../data/index.ts";
import { EMOTIONS } from "./labels.ts";

export const TEXT = "text";
export const TARGET = "labels";

/** Columns of GoEmotions' own files, which have no header: the comment, the numbers of its labels, an identifier. */
const PUBLISHED = { text: "c0", labels: "c1" };
const NUMBERS = /^\d+(?:,\d+)*$/;

/** Reads GoEmotions' published files as a table of text and labels; any other table stays as it is. */
export async function adaptPublished(source: TableSource): Promise<TableSource> {
  const names = (await source.describe()).columns.map(({ name }) => name);
  if (names.includes(TARGET) || !names.includes(PUBLISHED.text) || !names.includes(PUBLISHED.labels)) return source;
  return mappedSource(source, [
    { from: PUBLISHED.text, to: TEXT },
    { from: PUBLISHED.labels, to: TARGET, cell: namesOf },
  ]);
}

/** `2,14` as `anger,fear`; a cell that holds anything else is left as it is. */
function namesOf(cell: string): string {
  if (!NUMBERS.test(cell)) return cell;
  return cell
    .split(",")
    .map((number) => EMOTIONS[Number(number)] ?? number)
    .join(",");
}
