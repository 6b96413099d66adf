export { builtUrl as builtModule } from "../parallel/index.ts";
export { type ComputedColumn, computedSource } from "./computed-source.ts";
export * from "./dataset/chunks.ts";
export { ExampleBuffer } from "./dataset/example-buffer.ts";
export { foldDataset } from "./dataset/fold-dataset.ts";
export { GrowingNumbers } from "./dataset/growing-numbers.ts";
export {
  createMemoryDataset,
  type MemoryDatasetRequest,
  type MemoryPart,
  type RoledDataset,
} from "./dataset/memory-dataset.ts";
export type { StreamPart } from "./dataset/stream-part.ts";
export { createStreamedDataset, type StreamedDatasetRequest } from "./dataset/streamed-dataset.ts";
export * from "./decide.ts";
export { createArrowStream, openArrowBytes } from "./formats/arrow/index.ts";
export { fileSet, pathsOf } from "./formats/file-set.ts";
export { createWriter, openSource, TABLE_ENDINGS } from "./formats/index.ts";
export { memorySource } from "./formats/memory/index.ts";
export { type Cell, type Row, rowsSource } from "./formats/memory/rows-source.ts";
export { queryFileOf } from "./formats/query-file.ts";
export { tableAddress } from "./formats/table-address.ts";
export { float32Text } from "./formats/text/number-text.ts";
export { pick, pickRows, TableBuilder, viewColumns } from "./gather.ts";
export { type GenerateTableOptions, generateTable } from "./generation/generate-table.ts";
export { type GeneratedTableSpec, GROUP_ROWS, TableGenerator } from "./generation/table-generator.ts";
export * from "./infer-task.ts";
export { isIndicator, joinedLabels } from "./label-columns.ts";
export { quotedItems } from "./label-sets.ts";
export { createTableLoader, type LoadRequest, type TableLoader } from "./load.ts";
export type { LoadedTable } from "./loaded-table.ts";
export { type ColumnMapping, mappedSource } from "./mapped-source.ts";
export { type Melting, meltedSource } from "./melted-source.ts";
export * from "./memory-plan.ts";
export { missingColumn } from "./missing-column.ts";
export { numberLook } from "./profile/number-look.ts";
export { NumberTally } from "./profile/number-tally.ts";
export * from "./profile/profile.ts";
export { Profiler, ranked } from "./profile/profiler.ts";
export { StringTally, wordsIn } from "./profile/string-tally.ts";
export { type FoldRequest, type Folds, foldRoles, foldRows } from "./rows/folds.ts";
export { hashBorders, isUnder } from "./rows/hash-order.ts";
export { type Labels, readLabels } from "./rows/labels.ts";
export { countRoles, ROLE, ROLES, roleSizes, rowsOfRole } from "./rows/roles.ts";
export { parseSampleSize, type RowSample, type SampleSize, sampleRowCount, sampleRows } from "./rows/sample.ts";
export { type Split, type SplitKind, type SplitRequest, splitRows } from "./rows/split.ts";
export * from "./series/index.ts";
export { cellsOf, completeTagging } from "./tagging/tagging-task.ts";
export { pieceTags, readTags, tagsIn } from "./tagging/tags.ts";
export { piecesIn, type TextTokens, tokensIn } from "./tagging/tokens.ts";
export * from "./target.ts";
export { withLabelColumn } from "./unlabelled-source.ts";
