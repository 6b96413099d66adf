import { stat } from "node:fs/promises";
import type { Table, TableSource } from "../../../core/index.ts";
import { memorySource } from "../memory/index.ts";
import { slotFiles } from "../slot-folder.ts";
import { openTextFile } from "../text/open-text-file.ts";
import { inputError } from "../text/problems.ts";
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
 * A folder of slot filling's files (`slotFiles`) as the same table.
 *
 * @throws KaaykoError (input), with the number of the line, from `describe` and `open`
 */
export async function openSlotFolder(path: string): Promise<TableSource> {
  const files = slotFiles(path)!;
  const sizes = await Promise.all(Object.values(files).map(async (file) => (await stat(file)).size));
  return sentenceSource(
    path,
    sizes.reduce((sum, size) => sum + size, 0),
    (keep) => readSlotFiles(files, keep),
  );
}

type ReadAll = (keep: (sentence: TaggedSentence) => void) => Promise<void>;

function sentenceSource(path: string, bytes: number, readAll: ReadAll): TableSource {
  let known: Promise<TableSource> | undefined;
  const read = () => {
    known ??= readTable(path, readAll).then((table) => memorySource(table, path));
    return known;
  };
  return {
    format: "conll",
    path,
    describe: async () => {
      const { columns, ...rest } = await (await read()).describe();
      return { ...rest, bytes, columns: columns.map((column) => ({ ...column, physical: "CoNLL" })) };
    },
    open: async (options) => (await read()).open(options),
  };
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
  readonly #codeOf = new Map<string, number>();
  readonly #codes: number[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  get rows(): number {
    return this.#codes.length;
  }

  /** Whether nothing but missing cells was added. */
  get isEmpty(): boolean {
    return this.#codeOf.size === 0;
  }

  add(text: string | null): void {
    if (text === null) return void this.#codes.push(0);
    const code = this.#codeOf.get(text) ?? this.#codeOf.size + 1;
    this.#codeOf.set(text, code);
    this.#codes.push(code);
  }

  column() {
    const codes = Uint32Array.from(this.#codes);
    return { kind: "categorical", name: this.#name, codes, dictionary: [...this.#codeOf.keys()] } as const;
  }
}
