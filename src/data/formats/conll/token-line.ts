/** A sentence: its tokens, the tag of each, and what the sentence as a whole wants where the file says so. */
export interface TaggedSentence {
  readonly tokens: readonly string[];
  readonly tags: readonly string[];
  readonly intent: string | null;
}

const REMARK = /^(?:-DOCSTART-|# (?:id|sent_id|text|newdoc|newpar)\b)/;
/** Words that ATIS' files put around a sentence. */
export const BEGIN = "BOS";
const END = "EOS";

const TAG = /^(?:O|[BIESLU]-\S+|[BIES])$/;

/** Whether a line begins a document or remarks on a sentence. */
export function isRemark(line: string): boolean {
  return REMARK.test(line);
}

/** Which of a line's columns hold the token and its tag: the first and the last, or the second and the first. */
export type ColumnOrder = "tag last" | "tag first";

/** The order that more of some lines have; the tag is last where they say nothing. */
export function columnOrder(lines: readonly string[]): ColumnOrder {
  const fitting = (order: ColumnOrder) => lines.filter((line) => tokenLine(line, order) !== null).length;
  return fitting("tag first") > fitting("tag last") ? "tag first" : "tag last";
}

/** Token and tag of a line; null where it is of another form. */
export function tokenLine(line: string, order: ColumnOrder): { readonly token: string; readonly tag: string } | null {
  const byTabs = line.includes("\t");
  const columns = byTabs ? line.trimEnd().split("\t") : line.trim().split(/ +/);
  if (columns.length < 2) return null;
  const tag = (order === "tag last" ? columns.at(-1)! : columns[0]!).trim();
  if (!TAG.test(tag)) return null;
  // White space inside a token would make two of it.
  const token = columns[order === "tag last" ? 0 : 1]!.trim().replace(/\s+/g, "\u00a0");
  return { token: token === "" ? "\u00a0" : token, tag };
}

/** The intent of a line that only ends a sentence, "EOS" and an intent; null where it is of another form. */
export function endLine(line: string): string | null {
  const [token, intent, ...others] = line.trim().split(/\s+/);
  return token === END && intent !== undefined && others.length === 0 && !TAG.test(intent) ? intent : null;
}

/** A sentence on a line of its own, as ATIS has them: words, a tab, as many tags; null where the line is of another form. */
export function sentenceLine(line: string): TaggedSentence | null {
  const [text, cell, ...others] = line.split("\t");
  if (text === undefined || cell === undefined || others.length > 0) return null;
  const tokens = text.trim().split(/ +/);
  const tags = cell.trim().split(/ +/);
  // The end of a sentence may be marked by a word of its own, whose tag is the intent.
  const marked = tokens.at(-1) === END;
  const from = tokens[0] === BEGIN ? 1 : 0;
  const end = marked ? tokens.length - 1 : tokens.length;
  if (
    tokens.length !== tags.length ||
    end - from < (marked ? 1 : 2) ||
    !tags.slice(from, end).every((tag) => TAG.test(tag))
  )
    return null;
  const intent = marked && !TAG.test(tags.at(-1)!) ? tags.at(-1)! : null;
  return { tokens: tokens.slice(from, end), tags: tags.slice(from, end), intent };
}
