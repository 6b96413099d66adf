const REMARK = /^(?:-DOCSTART-|# (?:id|sent_id|text|newdoc|newpar)\b)/;
const TAG = /^(?:O|[BIES]-\S+|[BIES])$/;

/** Whether a line begins a document or remarks on a sentence. */
export function isRemark(line: string): boolean {
  return REMARK.test(line);
}

/** Token and tag of a line; null where it is of another form. */
export function tokenLine(line: string): { readonly token: string; readonly tag: string } | null {
  const byTabs = line.includes("\t");
  const columns = byTabs ? line.trimEnd().split("\t") : line.trim().split(/ +/);
  const tag = columns.at(-1)!.trim();
  if (columns.length < 2 || !TAG.test(tag)) return null;
  // White space inside a token would make two of it.
  const token = columns[0]!.trim().replace(/\s+/g, "\u00a0");
  return { token: token === "" ? "\u00a0" : token, tag };
}
