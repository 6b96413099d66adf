import { KaaykoError } from "../../../core/errors.ts";
import { badFile, type FileBytes } from "../file-bytes.ts";
import type { StringCoder } from "../string-coder.ts";
import type { ChunkLayout, ColumnLayout, GroupLayout } from "./file-layout.ts";
import type { NumberArray } from "./number-conversion.ts";
import { type Dictionary, type OpenPage, openDictionary, openPage } from "./open-page.ts";
import { type PageMemory, pageBytes } from "./page-bytes.ts";
import { type Page, readPage } from "./page-walker.ts";

const PORTION = 1 << 13;
const levels = new Uint32Array(PORTION);

/**
 * Walks one column from page to page, over the borders of row groups. Holds one uncompressed page and the chunk's dictionary;
 * everything else is read when it is needed.
 */
export class ColumnCursor {
  readonly #file: FileBytes;
  readonly #column: ColumnLayout;
  readonly #groups: readonly GroupLayout[];
  readonly #memory: PageMemory;
  #group = -1;
  /** Where the next page of the chunk starts. */
  #next = 0;
  /** Values of the chunk in the pages before `#next`. */
  #seen = 0;
  #page: OpenPage | undefined;
  /** Values of the page that were not read yet. */
  #left = 0;
  #dictionaryPage: Page | undefined;
  #dictionary: Dictionary | undefined;

  constructor(file: FileBytes, column: ColumnLayout, groups: readonly GroupLayout[], memory: PageMemory) {
    this.#file = file;
    this.#column = column;
    this.#groups = groups;
    this.#memory = memory;
    this.#startGroup(0);
  }

  /** Goes to a row. Reads the headers of the pages before it in its row group, not their bytes. */
  seek(row: number): void {
    const group = this.#groups.findIndex((one) => row < one.firstRow + one.rows);
    this.#startGroup(group < 0 ? this.#groups.length : group);
    if (group < 0) return;
    let skip = row - this.#groups[group]!.firstRow;
    while (skip > 0) {
      const page = this.#nextPage();
      if (page.values <= skip) skip -= page.values;
      else {
        this.#open(page);
        this.#skipInPage(skip);
        skip = 0;
      }
    }
  }

  /** Rows left in the page at hand, the next one where it is finished; 0 at the end of the table. */
  rowsInPage(): number {
    while (this.#left === 0) {
      if (this.#group >= this.#groups.length) return 0;
      if (this.#seen === this.#groups[this.#group]!.rows) this.#startGroup(this.#group + 1);
      else this.#open(this.#nextPage());
    }
    return this.#left;
  }

  /** The next `count` values; NaN where missing. There must be that many. */
  readNumbers(out: NumberArray, at: number, count: number): void {
    this.#read(out, at, count, Number.NaN, (page, from, present) => page.numbers!.read(out, from, present));
  }

  /** The next `count` values as codes of `coder`; 0 where missing. There must be that many. */
  readCodes(out: Uint32Array, at: number, count: number, coder: StringCoder): void {
    this.#read(out, at, count, 0, (page, from, present) => page.strings!.read(out, from, present, coder));
  }

  #read(
    out: NumberArray | Uint32Array,
    at: number,
    count: number,
    missing: number,
    readPresent: (page: OpenPage, at: number, count: number) => void,
  ): void {
    for (let done = 0; done < count; ) {
      const rows = Math.min(this.rowsInPage(), count - done);
      if (rows === 0) throw badFile(this.#file.path, "a column must have all of its values", `${done} of ${count}`);
      this.#guarded(() => readRows(this.#page!, out, at + done, rows, missing, readPresent));
      this.#left -= rows;
      done += rows;
    }
    if (this.#left === 0 && this.#seen === this.#column.chunks[this.#group]?.values) this.#release();
  }

  /** Gives back what the chunk needed. */
  #release(): void {
    const dictionary = this.#dictionary;
    if (dictionary !== undefined && !("text" in dictionary)) this.#memory.tables.push(dictionary.buffer as ArrayBuffer);
    this.#dictionary = undefined;
    this.#page = undefined;
  }

  #startGroup(group: number): void {
    this.#group = group;
    this.#next = this.#column.chunks[group]?.start ?? 0;
    this.#seen = 0;
    this.#left = 0;
    this.#dictionaryPage = undefined;
    this.#release();
  }

  get #chunk(): ChunkLayout {
    return this.#column.chunks[this.#group]!;
  }

  /** The next data page. A dictionary page before it is noted and decoded when it is needed. */
  #nextPage(): Page {
    for (;;) {
      const page = readPage(this.#file, this.#chunk, this.#next);
      this.#next = page.position + page.compressedBytes;
      if (page.type !== "dictionary") {
        this.#seen += page.values;
        if (this.#seen > this.#chunk.values) {
          throw badFile(this.#file.path, `a column must have ${this.#chunk.values} values`, `${this.#seen}`);
        }
        return page;
      }
      if (this.#dictionaryPage !== undefined) throw badFile(this.#file.path, "a column must have one dictionary");
      this.#dictionaryPage = page;
    }
  }

  #open(page: Page): void {
    const { optional, decoding } = this.#column;
    this.#guarded(() => {
      const bytes = pageBytes(this.#file, this.#chunk, page, this.#memory.compressed, this.#memory.page);
      this.#page = openPage(page, bytes, optional, decoding, () => this.#openDictionary());
    });
    this.#left = page.values;
  }

  #openDictionary(): Dictionary {
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

  #skipInPage(count: number): void {
    this.#guarded(() => {
      const page = this.#page!;
      const values = page.numbers ?? page.strings!;
      values.skip(page.levels === undefined ? count : skipLevels(page, count));
    });
    this.#left -= count;
  }

  #guarded(decode: () => void): void {
    try {
      decode();
    } catch (error) {
      if (error instanceof KaaykoError) throw error;
      const rule = `the values of ${this.#column.schema.name} must be readable`;
      throw badFile(this.#file.path, rule, (error as Error).message, error);
    }
  }
}

function readRows(
  page: OpenPage,
  out: NumberArray | Uint32Array,
  at: number,
  rows: number,
  missing: number,
  readPresent: (page: OpenPage, at: number, count: number) => void,
): void {
  const run = page.levels === undefined ? 1 : page.levels.takeRun(rows);
  if (run > 1) throw new RangeError(`a level of ${run}`);
  if (run === 1) readPresent(page, at, rows);
  else if (run === 0) out.fill(missing, at, at + rows);
  else readMixed(page, out, at, rows, missing, readPresent);
}

function readMixed(
  page: OpenPage,
  out: NumberArray | Uint32Array,
  at: number,
  rows: number,
  missing: number,
  readPresent: (page: OpenPage, at: number, count: number) => void,
): void {
  for (let done = 0; done < rows; done += PORTION) {
    const portion = Math.min(PORTION, rows - done);
    const present = readLevels(page, portion);
    readPresent(page, at + done, present);
    if (present < portion) spread(out, at + done, portion, present, missing);
  }
}

function readLevels(page: OpenPage, count: number): number {
  page.levels!.read(levels, 0, count);
  let present = 0;
  for (let i = 0; i < count; i++) {
    const level = levels[i]!;
    if (level > 1) throw new RangeError(`a level of ${level}`);
    present += level;
  }
  return present;
}

/** Moves the values that lie close together to their rows, from the last to the first, and marks the missing ones. */
function spread(out: NumberArray | Uint32Array, at: number, rows: number, present: number, missing: number): void {
  let from = at + present;
  for (let i = rows - 1; i >= 0; i--) out[at + i] = levels[i] === 1 ? out[--from]! : missing;
}

function skipLevels(page: OpenPage, count: number): number {
  let present = 0;
  for (let done = 0; done < count; done += PORTION) present += readLevels(page, Math.min(PORTION, count - done));
  return present;
}
