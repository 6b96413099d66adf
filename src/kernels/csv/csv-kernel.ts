import { builtUrl, compileWasm } from "../../parallel/index.ts";
import { exactPowersOfTen, leadingBitsOfPowersOfFive } from "./powers-of-five.ts";

const TENS = 1024;
const FIVES = 2048;
const PAGE = 65536;
/** 1 GB: the kernel keeps addresses in 30 bits. */
const MAX_PAGES = 16384;
/** Loads of 16 bytes may reach over the last byte of a block. */
const PADDING = 64;

/** Where a row pair (start, number of cells) lies that `tokenize` could not read. */
export const INFO = 12544;
/** Where a block's bytes start. */
export const BYTES = 16384;

/** What `scanColumn` saw in a column, as flags. */
export const SEEN = {
  number: 2,
  wide: 4,
  boolean: 8,
  yearDate: 16,
  monthDate: 32,
  dayDate: 64,
  eitherDate: 128,
  text: 256,
  zonedTime: 512,
  timeWithoutZone: 1024,
};

/** What `tokenize` returns instead of a number of rows. */
export const TOKENIZE_PROBLEMS = { ragged: -1, afterQuote: -2, unterminated: -3 } as const;

interface KernelFunctions {
  tokenize(
    from: number,
    to: number,
    delimiter: number,
    quoting: number,
    columns: number,
    cells: number,
    info: number,
  ): number;
  lastRowEnd(from: number, to: number, delimiter: number, quoting: number): number;
  scanColumn(cells: number, rows: number, columns: number): number;
  readNumbers(
    cells: number,
    rows: number,
    columns: number,
    wide: number,
    values: number,
    undecidedRows: number,
  ): number;
  readBooleans(cells: number, rows: number, columns: number, values: number): number;
  readDates(cells: number, rows: number, columns: number, dayFirst: number, values: number): number;
  readStrings(
    cells: number,
    rows: number,
    columns: number,
    codes: number,
    texts: number,
    table: number,
    slots: number,
  ): number;
  useTables(tens: number, fives: number): void;
}

/** One instance of the kernel with memory of its own. Addresses are bytes; `cells` points at a column's cell in the first row. */
export interface CsvKernel extends KernelFunctions {
  readonly memory: WebAssembly.Memory;
  /** Makes memory at least that large; views of `memory.buffer` taken earlier do not see what was added. */
  reserve(bytes: number): void;
}

/**
 * Starts a kernel.
 *
 * @throws KaaykoError where the build did not run; RangeError where memory is out
 */
export function createCsvKernel(): CsvKernel {
  const module = compileWasm(builtUrl(import.meta.url, "./csv.wasm"));
  const memory = new WebAssembly.Memory({ initial: 2, maximum: MAX_PAGES, shared: true });
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const functions = instance.exports as unknown as KernelFunctions;
  new Float64Array(memory.buffer, TENS, 23).set(exactPowersOfTen());
  const fives = leadingBitsOfPowersOfFive();
  new BigUint64Array(memory.buffer, FIVES, fives.length).set(fives);
  functions.useTables(TENS, FIVES);
  const reserve = (bytes: number): void => {
    const missing = bytes + PADDING - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  };
  return { ...functions, memory, reserve };
}
