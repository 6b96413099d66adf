export { openParquet } from "./open-parquet.ts";
export { createParquetWriter, type ParquetWriterOptions } from "./parquet-writer.ts";
