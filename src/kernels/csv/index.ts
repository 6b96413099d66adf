export { BYTES, type CsvKernel, createCsvKernel, INFO, SEEN, TOKENIZE_PROBLEMS } from "./csv-kernel.ts";
