export { openParquet } from "./open-parquet.ts";
export { createParquetWriter, type ParquetWriterOptions } from "./parquet-writer.ts";
export { encodeRowGroup, type WrittenGroup } from "./writing/encode-row-group.ts";
export { encodeFooter, MAGIC } from "./writing/footer.ts";
