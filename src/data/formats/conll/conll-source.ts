import { stat } from "node:fs/promises";
import type { Table, TableSource } from "../../../core/index.ts";
import { type FileSet, pathsOf } from "../file-set.ts";
import { deferredSource } from "../memory/deferred-source.ts";
import { codeOf, createStringCoder } from "../string-coder.ts";
import { openTextFile } from "../text/open-text-file.ts";
import { inputError } from "../text/problems.ts";
import { readChunks } from "./read-chunks.ts";
import { readSentences } from "./read-sentences.ts";
import { readSlotFiles } from "./slot-files.ts";
import type { TaggedSentence } from "./token-line.ts";

/** The columns of a file of tagged sentences. */
export const CONLL_COLUMNS = { text: "text", tags: "tags", intent: "intent" } as const;

/**
 * A file of CoNLL's form as a table of one row a sentence: `text` (its tokens with a space between them) and `tags` (likewise), and
 * `intent` where any sentence has one. It is read as a whole when it is first asked for anything.
 *
 * @throws KaaykoError (input), with the number of the line, from `describe` and `open`
 */
export async function openConll(path: string): Promise<TableSource> {
  const { file, bytes } = await openTextFile(path);
  await file.close();
  return sentenceSource(path, bytes, (keep) => readSentences(path, keep));
}

/**
 * Several files together as the same table: those of slot filling, or texts in pieces.
 *
 * @throws KaaykoError (input), with the number of the line where files have some, from `describe` and `open`
 */
export async function openFileSet(path: string, set: FileSet): Promise<TableSource> {
  const sizes = await Promise.all(pathsOf(set).map(async (file) => (await stat(file)).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return sentenceSource(path, bytes, (keep) =>
    set.kind === "slots" ? readSlotFiles(set.files, keep) : readChunks(set.files, keep),
  );
}

type ReadAll = (keep: (sentence: TaggedSentence) => void) => Promise<void>;

function sentenceSource(path: string, bytes: number, readAll: ReadAll): TableSource {
  return deferredSource({ format: "conll", path, bytes, physical: "CoNLL", read: () => readTable(path, readAll) });
}

async function readTable(path: string, readAll: ReadAll): Promise<Table> {
  const { text, tags, intent } = CONLL_COLUMNS;
  const columns = [new Strings(text), new Strings(tags), new Strings(intent)] as const;
  await readAll((sentence) => {
    columns[0].add(sentence.tokens.join(" "));
    columns[1].add(sentence.tags.join(" "));
    columns[2].add(sentence.intent);
  });
  const rows = columns[0].rows;
  if (rows === 0) throw inputError(path, "it must hold sentences", "none", "Check how it was written.");
  const known = columns.filter((column) => !column.isEmpty);
  return { rows, columns: known.map((column) => column.column()) };
}

/** A column of strings that grows. */
class Strings {
  readonly #name: string;
  readonly #coder = createStringCoder();
  readonly #codes: number[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  get rows(): number {
    return this.#codes.length;
  }

  /** Whether nothing but missing cells was added. */
  get isEmpty(): boolean {
    return this.#coder.dictionary.length === 0;
  }

  add(text: string | null): void {
    this.#codes.push(text === null ? 0 : codeOf(this.#coder, text));
  }

  column() {
    const codes = Uint32Array.from(this.#codes);
    return { kind: "categorical", name: this.#name, codes, dictionary: this.#coder.dictionary } as const;
  }
}
