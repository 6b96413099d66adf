import { badFile, type FileBytes } from "../file-bytes.ts";
import type { StringCoder } from "../string-coder.ts";
import { ChunkPages } from "./chunk-pages.ts";
import type { ColumnLayout, GroupLayout } from "./file-layout.ts";
import type { NumberArray } from "./number-conversion.ts";
import { type OpenPage, openPage } from "./open-page.ts";
import type { PageMemory } from "./page-bytes.ts";
import type { Page } from "./page-walker.ts";

const PORTION = 1 << 13;
const levels = new Uint32Array(PORTION);

/** Walks one column from page to page, over the borders of row groups. Holds one uncompressed page. */
export class ColumnCursor {
  readonly #file: FileBytes;
  readonly #column: ColumnLayout;
  readonly #pages: ChunkPages;
  #page: OpenPage | undefined;
  /** Values of the page that were not read yet. */
  #left = 0;

  constructor(file: FileBytes, column: ColumnLayout, groups: readonly GroupLayout[], memory: PageMemory) {
    this.#file = file;
    this.#column = column;
    this.#pages = new ChunkPages(file, column, groups, memory);
  }

  /** Goes to a row. Reads the headers of the pages before it in its row group, not their bytes. */
  seek(row: number): void {
    let skip = this.#pages.startGroupOf(row);
    this.#left = 0;
    this.#page = undefined;
    while (skip > 0) {
      const page = this.#pages.next();
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
      if (this.#pages.group === undefined) return 0;
      if (this.#pages.isDone) this.#pages.startNextGroup();
      else this.#open(this.#pages.next());
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
      this.#pages.guarded(() => readRows(this.#page!, out, at + done, rows, missing, readPresent));
      this.#left -= rows;
      done += rows;
    }
    if (this.#left > 0 || !this.#pages.isDone) return;
    this.#pages.release();
    this.#page = undefined;
  }

  #open(page: Page): void {
    const { optional, decoding } = this.#column;
    this.#pages.guarded(() => {
      const bytes = this.#pages.bytesOf(page);
      this.#page = openPage(page, bytes, optional, decoding, () => this.#pages.dictionary());
    });
    this.#left = page.values;
  }

  #skipInPage(count: number): void {
    this.#pages.guarded(() => {
      const page = this.#page!;
      const values = page.numbers ?? page.strings!;
      values.skip(page.levels === undefined ? count : skipLevels(page, count));
    });
    this.#left -= count;
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
