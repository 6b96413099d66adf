export { BYTES, type CsvKernel, createCsvKernel, INFO, SEEN, TOKENIZE_PROBLEMS } from "./csv-kernel.ts";
export { type DateOrder, type ReadDate, readDate } from "./naive-dates.ts";
export { readBoolean, readNumber } from "./naive-numbers.ts";
export { type Dialect, firstRow, MISSING_WORDS, splitRows } from "./naive-rows.ts";
