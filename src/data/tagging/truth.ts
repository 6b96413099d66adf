import { type Column, KaaykoError, type Task, UNKNOWN_BEGIN, UNKNOWN_INSIDE } from "../../core/index.ts";
import { cellsOf } from "./tagging-task.ts";
import { tokenTags } from "./tags.ts";

/**
 * Makes what turns texts and their tags into a code for each token, `task.length` numbers a row: NaN behind the last token, and
 * throughout where the text or its tags are missing. Types that the task does not know get `UNKNOWN_BEGIN` and `UNKNOWN_INSIDE`.
 */
export function createTagEncoder(task: Task): (texts: Column, tags: Column) => Float64Array {
  const codes = new Map(task.classes!.map((tag, code) => [tag, code]));
  const width = task.length!;
  return (texts, tags) => {
    const cells = cellsOf(tags);
    const target = new Float64Array(cells.length * width).fill(Number.NaN);
    cellsOf(texts).forEach((text, row) => {
      const cell = cells[row]!;
      if (text === null || cell === null) return;
      const found = tokenTags(text, cell);
      if (found.length > width) throw tooLong(width, found.length);
      found.forEach((tag, token) => {
        target[row * width + token] = codes.get(tag) ?? (tag.startsWith("B") ? UNKNOWN_BEGIN : UNKNOWN_INSIDE);
      });
    });
    return target;
  };
}

function tooLong(width: number, got: number): KaaykoError {
  return new KaaykoError({
    action: "use tagged texts",
    rule: `they may have ${width} tokens, those of the longest in training`,
    got: String(got),
    remedy: "Split them into sentences.",
    kind: "input",
  });
}
