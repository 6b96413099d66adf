import type { Table, TableSource } from "../../../core/index.ts";
import { memorySource } from "../memory/index.ts";
import { openTextFile } from "../text/open-text-file.ts";
import { inputError } from "../text/problems.ts";
import { readSentences } from "./read-sentences.ts";

/** The columns of a file of tagged sentences. */
export const CONLL_COLUMNS = { text: "text", tags: "tags" } as const;

/**
 * A file of CoNLL's form as a table of one row a sentence: `text` (its tokens with a space between them) and `tags` (likewise). It is
 * read as a whole when it is first asked for anything.
 *
 * @throws KaaykoError (input), with the number of the line, from `describe` and `open`
 */
export async function openConll(path: string): Promise<TableSource> {
  const { file, bytes } = await openTextFile(path);
  await file.close();
  let known: Promise<TableSource> | undefined;
  const read = () => {
    known ??= readTable(path).then((table) => memorySource(table, path));
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

async function readTable(path: string): Promise<Table> {
  const columns = [new Strings(CONLL_COLUMNS.text), new Strings(CONLL_COLUMNS.tags)] as const;
  await readSentences(path, ({ tokens, tags }) => {
    columns[0].add(tokens.join(" "));
    columns[1].add(tags.join(" "));
  });
  const rows = columns[0].rows;
  if (rows === 0) throw inputError(path, "it must hold sentences", "none", "Check how it was written.");
  return { rows, columns: columns.map((column) => column.column()) };
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

  add(text: string): void {
    const code = this.#codeOf.get(text) ?? this.#codeOf.size + 1;
    this.#codeOf.set(text, code);
    this.#codes.push(code);
  }

  column() {
    const codes = Uint32Array.from(this.#codes);
    return { kind: "categorical", name: this.#name, codes, dictionary: [...this.#codeOf.keys()] } as const;
  }
}
