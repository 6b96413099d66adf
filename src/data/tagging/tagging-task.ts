import { type Column, columnNamed, isStringColumn, KaaykoError, type Task } from "../../core/index.ts";
import { MAX_CLASSES } from "../infer-task.ts";
import type { LoadedTable } from "../loaded-table.ts";
import { profileOf } from "../profile/profile.ts";
import { tagClasses } from "./tags.ts";
import { tokensIn } from "./tokens.ts";

/** Names of the column of texts, the likeliest first. */
const TEXT_NAMES = ["text", "tokens", "sentence", "words", "query", "utterance"];
/** Tokens that a row has room for at least. */
const LEAST_LENGTH = 64;

/**
 * A task of tagging with what its tables say: which column holds the texts, which types of entities there are, how long texts are.
 *
 * @param tables the table that is learnt from, and a held-out one where there is one
 * @throws KaaykoError (input) where a table is not in memory, has no column of texts, or too many types
 */
export function completeTagging(task: Task, tables: readonly LoadedTable[]): Task {
  const text = textColumn(tables[0]!, task.target);
  const columns = tables.map((loaded) => ({ texts: stringsOf(loaded, text), tags: stringsOf(loaded, task.target) }));
  const classes = tagClasses(columns.flatMap(({ tags }) => [...tags]));
  if (classes.length < 3 || classes.length > MAX_CLASSES)
    throw new KaaykoError({
      action: `learn the tags in ${JSON.stringify(task.target)}`,
      rule: `they must name 1 to ${(MAX_CLASSES - 1) / 2} types of entities, as B-type and I-type`,
      got: String((classes.length - 1) / 2),
      kind: "input",
    });
  let length = LEAST_LENGTH;
  for (const { texts } of columns) for (const one of texts) length = Math.max(length, tokensIn(one).starts.length);
  return { ...task, text, classes, length };
}

function textColumn({ profile }: LoadedTable, target: string): string {
  const strings = profile.columns.filter(
    ({ name, kind }) => name !== target && (kind === "categorical" || kind === "text"),
  );
  const named = TEXT_NAMES.find((name) => profileOf(profile, name) !== undefined && name !== target);
  const found = named ?? strings.toSorted((a, b) => b.meanWords - a.meanWords)[0]?.name;
  if (found !== undefined) return found;
  throw new KaaykoError({
    action: `learn the tags in ${JSON.stringify(target)}`,
    rule: "the table must have a column of texts, such as text",
    got: profile.columns.map(({ name }) => name).join(", "),
    kind: "input",
  });
}

function stringsOf(loaded: LoadedTable, name: string): readonly string[] {
  const column = loaded.table === null ? undefined : columnNamed(loaded.table.columns, name);
  if (column !== undefined && isStringColumn(column)) return column.dictionary;
  throw new KaaykoError({
    action: "train for tagging",
    rule: `the rows must fit into memory, and ${JSON.stringify(name)} must hold strings`,
    remedy: "Use --sample-size, or raise --max-memory.",
    kind: "input",
  });
}

/** Cells of a column of strings by row; null where missing. */
export function cellsOf(column: Column): (string | null)[] {
  if (!isStringColumn(column))
    throw new KaaykoError({
      action: `read ${JSON.stringify(column.name)}`,
      rule: "it must hold strings",
      got: column.kind,
      kind: "input",
    });
  return Array.from(column.codes, (code) => (code === 0 ? null : column.dictionary[code - 1]!));
}
