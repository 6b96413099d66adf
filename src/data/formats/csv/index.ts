export { openCsv } from "./csv-source.ts";
export { type CsvWriterOptions, createCsvWriter } from "./csv-writer.ts";
export type { CsvOptions } from "./head.ts";
