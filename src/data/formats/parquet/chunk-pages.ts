import { KaaykoError } from "../../../core/errors.ts";
import { badFile, type FileBytes } from "../file-bytes.ts";
import type { ChunkLayout, ColumnLayout, GroupLayout } from "./file-layout.ts";
import { type Dictionary, openDictionary } from "./open-page.ts";
import { type PageMemory, pageBytes } from "./page-bytes.ts";
import { type Page, readPage } from "./page-walker.ts";

/** Walks the pages of a column, one row group's chunk at a time. Holds the chunk's dictionary; everything else is read when it is needed. */
export class ChunkPages {
  readonly #file: FileBytes;
  readonly #column: ColumnLayout;
  readonly #groups: readonly GroupLayout[];
  readonly #memory: PageMemory;
  #group = 0;
  /** Where the next page of the chunk starts. */
  #next = 0;
  /** Values of the chunk in the pages before it. */
  #seen = 0;
  #dictionaryPage: Page | undefined;
  #dictionary: Dictionary | undefined;

  constructor(file: FileBytes, column: ColumnLayout, groups: readonly GroupLayout[], memory: PageMemory) {
    this.#file = file;
    this.#column = column;
    this.#groups = groups;
    this.#memory = memory;
    this.startGroup(0);
  }

  /** The row group at hand; undefined behind the last one. */
  get group(): GroupLayout | undefined {
    return this.#groups[this.#group];
  }

  /** Whether all pages of the chunk were given. */
  get isDone(): boolean {
    return this.#seen === this.#column.chunks[this.#group]?.values;
  }

  startGroup(group: number): void {
    this.#group = group;
    this.#next = this.#column.chunks[group]?.start ?? 0;
    this.#seen = 0;
    this.#dictionaryPage = undefined;
    this.release();
  }

  startNextGroup(): void {
    this.startGroup(this.#group + 1);
  }

  /** Goes to the first page of the row group that holds a row. Returns how many rows come before it there; 0 behind the last group. */
  startGroupOf(row: number): number {
    const group = this.#groups.findIndex((one) => row < one.firstRow + one.rows);
    this.startGroup(group < 0 ? this.#groups.length : group);
    return group < 0 ? 0 : row - this.#groups[group]!.firstRow;
  }

  /** The next data page. A dictionary page before it is noted and decoded when it is needed. */
  next(): Page {
    for (;;) {
      const page = readPage(this.#file, this.#chunk, this.#next);
      this.#next = page.position + page.compressedBytes;
      if (page.type !== "dictionary") {
        this.#seen += page.values;
        if (this.#seen > this.#chunk.values)
          throw badFile(this.#file.path, `a column must have ${this.#chunk.values} values`, `${this.#seen}`);
        return page;
      }
      if (this.#dictionaryPage !== undefined) throw badFile(this.#file.path, "a column must have one dictionary");
      this.#dictionaryPage = page;
    }
  }

  /** The bytes of a data page; valid until the next one's are asked for. */
  bytesOf(page: Page): Uint8Array {
    return pageBytes(this.#file, this.#chunk, page, this.#memory.compressed, this.#memory.page);
  }

  /** @throws RangeError where the chunk has none */
  dictionary(): Dictionary {
    if (this.#dictionary !== undefined) return this.#dictionary;
    const page = this.#dictionaryPage;
    if (page === undefined) throw new RangeError("a page refers to a dictionary that is not there");
    const { decoding, array } = this.#column;
    const { compressed, dictionary, tables } = this.#memory;
    // Strings are decoded one by one when they are used, so their bytes must stay.
    const memory = decoding.values === "numbers" ? dictionary : undefined;
    const bytes = pageBytes(this.#file, this.#chunk, page, compressed, memory);
    this.#dictionary = openDictionary(page, bytes, decoding, array, tables);
    return this.#dictionary;
  }

  /** Gives back what the chunk needed. */
  release(): void {
    const dictionary = this.#dictionary;
    if (dictionary !== undefined && !("text" in dictionary)) this.#memory.tables.push(dictionary.buffer as ArrayBuffer);
    this.#dictionary = undefined;
  }

  /** Decodes, and names the column in the error where that fails. */
  guarded(decode: () => void): void {
    try {
      decode();
    } catch (error) {
      if (error instanceof KaaykoError) throw error;
      const rule = `the values of ${this.#column.schema.name} must be readable`;
      throw badFile(this.#file.path, rule, (error as Error).message, error);
    }
  }

  get #chunk(): ChunkLayout {
    return this.#column.chunks[this.#group]!;
  }
}
