export { batchRowsOf } from "./batch-rows.ts";
export { CodeStore, NumberStore } from "./column-store.ts";
export { isStringKind, needsDouble } from "./kinds.ts";
export { LineCursor } from "./line-cursor.ts";
export { LineTableReader, type RowParser } from "./line-table-reader.ts";
export { dateText, float32Text, float64Text } from "./number-text.ts";
export { createPublishedFile, type PublishedFile } from "./published-file.ts";
export { requireColumns } from "./require-columns.ts";
