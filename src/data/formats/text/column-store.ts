import {
  type CodeArray,
  type ColumnKind,
  KaaykoError,
  type NumberColumn,
  type StringColumn,
} from "../../../core/index.ts";

/** What a store is for: the column's name and kind, and the rows of the whole table where it is to be kept. */
export interface StoreOptions<Kind extends ColumnKind> {
  readonly name: string;
  readonly kind: Kind;
  readonly keepRows: number | undefined;
}

/** The numbers of one column, batch after batch: in one array that is used again, or in shared memory for the whole table. */
export class NumberStore {
  readonly #options: StoreOptions<NumberColumn["kind"]>;
  readonly #double: boolean;
  #values: Float32Array | Float64Array;
  #batchStart = 0;
  #batchEnd = 0;

  constructor(options: StoreOptions<NumberColumn["kind"]>, double: boolean) {
    this.#options = options;
    this.#double = double;
    this.#values = this.#allocate(options.keepRows ?? 0);
  }

  /** Where the values of the next batch go. They are what was there before: set all of them. */
  start(rows: number): Float32Array | Float64Array {
    this.#batchStart = this.#options.keepRows === undefined ? 0 : this.#batchEnd;
    if (this.#options.keepRows === undefined && this.#values.length < rows) this.#values = this.#allocate(rows);
    this.#batchEnd = this.#batchStart + rows;
    return this.#values.subarray(this.#batchStart, this.#batchEnd);
  }

  #allocate(rows: number): Float32Array | Float64Array {
    if (this.#options.keepRows === undefined) return this.#double ? new Float64Array(rows) : new Float32Array(rows);
    const buffer = sharedMemory(this.#options.name, rows * (this.#double ? 8 : 4));
    return this.#double ? new Float64Array(buffer) : new Float32Array(buffer);
  }

  batch(): NumberColumn {
    const values = this.#values.subarray(this.#batchStart, this.#batchEnd);
    return { kind: this.#options.kind, name: this.#options.name, values };
  }

  whole(): NumberColumn {
    return { kind: this.#options.kind, name: this.#options.name, values: this.#values };
  }
}

/**
 * The strings of one column as codes in order of first appearance: in the table where it is kept, else in each batch. A batch's codes
 * so depend on nothing that came before it, and a reader that starts in the middle gives the same. Codes that no longer fit their
 * width move to a wider array; batches that were given out before keep the narrower one, with the same codes.
 */
export class CodeStore {
  readonly #options: StoreOptions<StringColumn["kind"]>;
  #codes: CodeArray = new Uint8Array(0);
  #dictionary: string[] = [];
  #codeOf = new Map<string, number>();
  /** Arrays of 1, 2 and 4 bytes a code that batches use in turn. */
  readonly #spares = new Map<number, CodeArray>();
  #batchStart = 0;
  #batchEnd = 0;

  constructor(options: StoreOptions<StringColumn["kind"]>) {
    this.#options = options;
    if (options.keepRows !== undefined) this.#codes = new Uint8Array(sharedMemory(options.name, options.keepRows));
  }

  start(rows: number): void {
    if (this.#options.keepRows === undefined) {
      this.#codes = this.#reused(1, rows);
      this.#dictionary = [];
      this.#codeOf = new Map();
      this.#batchEnd = 0;
    }
    this.#batchStart = this.#batchEnd;
    this.#batchEnd += rows;
  }

  /** The code of a text, a new one where it was not seen before. May widen the codes. */
  codeFor(text: string): number {
    const known = this.#codeOf.get(text);
    if (known !== undefined) return known;
    this.#dictionary.push(text);
    const code = this.#dictionary.length;
    this.#codeOf.set(text, code);
    if (code === 0x100 || code === 0x10000) this.#widen(code === 0x100 ? 2 : 4);
    return code;
  }

  #widen(bytes: 2 | 4): void {
    const narrow = this.#codes;
    this.#codes = this.#keep ? this.#shared(bytes, narrow.length) : this.#reused(bytes, narrow.length);
    this.#codes.set(narrow);
  }

  #reused(bytes: 1 | 2 | 4, rows: number): CodeArray {
    let codes = this.#spares.get(bytes);
    if (codes === undefined || codes.length < rows) {
      codes = bytes === 1 ? new Uint8Array(rows) : bytes === 2 ? new Uint16Array(rows) : new Uint32Array(rows);
      this.#spares.set(bytes, codes);
    }
    return codes.subarray(0, rows);
  }

  #shared(bytes: 2 | 4, rows: number): CodeArray {
    const buffer = sharedMemory(this.#options.name, rows * bytes);
    return bytes === 2 ? new Uint16Array(buffer) : new Uint32Array(buffer);
  }

  get #keep(): boolean {
    return this.#options.keepRows !== undefined;
  }

  /** Puts a text, or undefined where missing, into a row of the batch. */
  put(row: number, text: string | undefined): void {
    const code = text === undefined ? 0 : this.codeFor(text);
    this.#codes[this.#batchStart + row] = code;
  }

  /** Where the codes of the batch are now; taken anew after every `codeFor`. */
  target(): CodeArray {
    return this.#codes.subarray(this.#batchStart, this.#batchEnd);
  }

  batch(): StringColumn {
    return this.#column(this.target());
  }

  whole(): StringColumn {
    return this.#column(this.#codes);
  }

  #column(codes: CodeArray): StringColumn {
    return { kind: this.#options.kind, name: this.#options.name, codes, dictionary: this.#dictionary };
  }
}

function sharedMemory(column: string, bytes: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(bytes);
  } catch (cause) {
    throw new KaaykoError({
      action: `keep column ${column} in memory`,
      rule: "there must be room for all rows",
      got: `${(bytes / 1e6).toFixed(0)} MB that the system refuses`,
      remedy: "Stream the file, or take a sample.",
      cause,
    });
  }
}
