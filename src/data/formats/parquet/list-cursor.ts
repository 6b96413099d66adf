import type { KaaykoError } from "../../../core/errors.ts";
import { badFile, type FileBytes } from "../file-bytes.ts";
import { codeOf, createStringCoder, type StringCoder } from "../string-coder.ts";
import { ChunkPages } from "./chunk-pages.ts";
import type { ColumnLayout, GroupLayout, ListLevels } from "./file-layout.ts";
import { HybridReader } from "./hybrid-reader.ts";
import { countLevels, type OpenPage, openValues, prefixedRange } from "./open-page.ts";
import type { PageMemory } from "./page-bytes.ts";
import type { Page } from "./page-walker.ts";
import { textOfNumbers } from "./text-of-numbers.ts";

/** Elements of one list; more are no row of a table. */
const MOST_ELEMENTS = 1 << 20;
const PORTION = 1 << 12;

/**
 * Walks a column of lists from page to page, over the borders of row groups. Its rows are JSON: `["a","b"]`. Holds the rows of one
 * page, and the row that goes on in the next one.
 */
export class ListCursor {
  readonly #file: FileBytes;
  readonly #column: ColumnLayout;
  readonly #levels: ListLevels;
  readonly #pages: ChunkPages;
  /** Rows of the row group before those at hand. */
  #done = 0;
  /** Rows at hand; null where missing. */
  #rows: (string | null)[] = [];
  /** How many of them were read. */
  #read = 0;
  /** Elements of the row that the next page may go on with; null where missing, undefined before the first. */
  #open: string[] | null | undefined;

  constructor(file: FileBytes, column: ColumnLayout, groups: readonly GroupLayout[], memory: PageMemory) {
    this.#file = file;
    this.#column = column;
    this.#levels = column.list!;
    this.#pages = new ChunkPages(file, column, groups, memory);
  }

  /** Goes to a row. Reads the pages before it in its row group: only they say how many rows they have. */
  seek(row: number): void {
    let skip = this.#pages.startGroupOf(row);
    this.#forget();
    while (skip > 0) {
      const passed = Math.min(this.rowsInPage(), skip);
      this.#read += passed;
      skip -= passed;
    }
  }

  /** Rows at hand, those of the next page where there are none; 0 at the end of the table. */
  rowsInPage(): number {
    while (this.#read === this.#rows.length) {
      const { group } = this.#pages;
      if (group === undefined) return 0;
      this.#done += this.#rows.length;
      [this.#rows, this.#read] = [[], 0];
      if (!this.#pages.isDone) this.#nextPage(group);
      else if (this.#done !== group.rows) throw this.#wrongRows(group);
      else {
        this.#pages.startNextGroup();
        this.#forget();
      }
    }
    return this.#rows.length - this.#read;
  }

  /** The next `count` rows as codes of `coder`; 0 where missing. There must be that many. */
  readCodes(out: Uint32Array, at: number, count: number, coder: StringCoder): void {
    for (let done = 0; done < count; ) {
      const rows = Math.min(this.rowsInPage(), count - done);
      if (rows === 0) throw badFile(this.#file.path, "a column must have all of its values", `${done} of ${count}`);
      for (let i = 0; i < rows; i++) {
        const text = this.#rows[this.#read++]!;
        out[at + done + i] = text === null ? 0 : codeOf(coder, text);
      }
      done += rows;
    }
  }

  #forget(): void {
    [this.#rows, this.#read, this.#done] = [[], 0, 0];
    this.#open = undefined;
  }

  #nextPage(group: GroupLayout): void {
    const page = this.#pages.next();
    this.#pages.guarded(() => this.#addRows(page, this.#pages.bytesOf(page)));
    if (this.#pages.isDone) this.#endRow();
    if (this.#done + this.#rows.length > group.rows) throw this.#wrongRows(group);
  }

  #addRows(page: Page, bytes: Uint8Array): void {
    const { repetition, definition, start } = levelReaders(page, bytes, this.#levels.present);
    const starts = new Uint32Array(PORTION);
    const levels = new Uint32Array(PORTION);
    const elements = this.#elements(page, bytes, start);
    for (let done = 0; done < page.values; done += PORTION) {
      const count = Math.min(PORTION, page.values - done);
      repetition.read(starts, 0, count);
      definition.read(levels, 0, count);
      for (let i = 0; i < count; i++) this.#addSlot(starts[i]!, levels[i]!, elements);
    }
  }

  #addSlot(repetition: number, level: number, nextElement: () => string): void {
    const { empty, present } = this.#levels;
    if (repetition > 1 || level > present) throw new RangeError(`levels of ${repetition} and ${level}`);
    if (repetition === 0) {
      this.#endRow();
      this.#open = level < empty ? null : [];
    }
    if (level <= empty) return;
    if (this.#open === undefined || this.#open === null) throw new RangeError("an element outside of a list");
    if (this.#open.push(level === present ? nextElement() : "null") > MOST_ELEMENTS)
      throw new RangeError(`a list of more than ${MOST_ELEMENTS} elements`);
  }

  #endRow(): void {
    if (this.#open !== undefined) this.#rows.push(this.#open === null ? null : `[${this.#open.join(",")}]`);
    this.#open = undefined;
  }

  /** Gives the elements of a page that are there as JSON, one after the other. */
  #elements(page: Page, bytes: Uint8Array, start: number): () => string {
    const { present } = this.#levels;
    const counted = () => countLevels(levelReaders(page, bytes, present).definition, page.values, present);
    const values = {
      bytes,
      start,
      encoding: page.encoding,
      present: counted,
      dictionary: () => this.#pages.dictionary(),
    };
    const opened = openValues(values, this.#column.decoding);
    return opened.strings === undefined ? numberElements(opened, this.#column) : stringElements(opened);
  }

  #wrongRows({ rows }: GroupLayout): KaaykoError {
    const { name } = this.#column.schema;
    return badFile(
      this.#file.path,
      `${name} must have ${rows} rows in a row group`,
      String(this.#done + this.#rows.length),
    );
  }
}

function levelReaders(page: Page, bytes: Uint8Array, present: number) {
  const bits = 32 - Math.clz32(present);
  const two = page.type === "data2";
  const first = two ? ([0, page.repetitionBytes] as const) : prefixedRange(bytes, 0);
  const second = two ? ([first[1], first[1] + page.levelBytes] as const) : prefixedRange(bytes, first[1]);
  const repetition = new HybridReader(bytes, ...first, 1);
  return { repetition, definition: new HybridReader(bytes, ...second, bits), start: second[1] };
}

function numberElements({ numbers }: Pick<OpenPage, "numbers">, column: ColumnLayout): () => string {
  const format = textOfNumbers(column);
  const quoted = column.names !== undefined || column.valueKind === "date";
  const value = new Float64Array(1);
  return () => {
    numbers!.read(value, 0, 1);
    if (!Number.isFinite(value[0]!)) return "null";
    const text = format(value[0]!);
    if (text === null) return "null";
    return quoted ? JSON.stringify(text) : text;
  };
}

function stringElements({ strings }: Pick<OpenPage, "strings">): () => string {
  const coder = createStringCoder();
  const quoted: string[] = [];
  const code = new Uint32Array(1);
  return () => {
    strings!.read(code, 0, 1, coder);
    const place = code[0]! - 1;
    quoted[place] ??= JSON.stringify(coder.dictionary[place]!);
    return quoted[place]!;
  };
}
