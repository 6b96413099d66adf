import type { ColumnChunk, FileMetaData, RowGroup, SchemaElement } from "hyparquet";
import { parquetMetadata } from "hyparquet";
import { KaaykoError } from "../../../core/errors.ts";
import { classNames } from "../class-names.ts";
import { badFile, type FileBytes } from "../file-bytes.ts";
import { columnType, type NumberDecoding } from "./column-type.ts";
import { CODECS } from "./decompress.ts";
import type { ChunkLayout, ColumnLayout, FileLayout, GroupLayout } from "./file-layout.ts";
import { type LeafShape, leafShape } from "./leaf-shape.ts";
import { neededArray } from "./number-range.ts";
import { thriftStructEnd } from "./thrift-bounds.ts";

const MAGIC = 0x31524150;
const ENCRYPTED_MAGIC = 0x45524150;
const TAIL_BYTES = 8;
const MAX_FOOTER_BYTES = 1 << 28;
const MAX_COLUMNS = 100_000;

/**
 * Reads and checks the footer: columns, row groups, and where every chunk lies.
 *
 * @throws KaaykoError of kind `input` where the file is not Parquet, is encrypted, or contradicts itself
 */
export function readFooter(file: FileBytes): FileLayout {
  const { metadata, footerStart } = parseFooter(file);
  try {
    return layout(file, metadata, footerStart);
  } catch (error) {
    if (error instanceof KaaykoError) throw error;
    throw badFile(file.path, "its footer must describe a table", (error as Error).message, error);
  }
}

function parseFooter(file: FileBytes): { metadata: FileMetaData; footerStart: number } {
  if (file.bytes < TAIL_BYTES + 4) throw badFile(file.path, "a Parquet file has at least 12 bytes", String(file.bytes));
  const tail = new Uint8Array(TAIL_BYTES);
  file.read(tail, file.bytes - TAIL_BYTES);
  const view = new DataView(tail.buffer);
  const length = view.getUint32(0, true);
  checkMagic(file, view.getUint32(4, true));
  if (length > Math.min(file.bytes - TAIL_BYTES - 4, MAX_FOOTER_BYTES)) {
    throw badFile(file.path, "the footer must lie inside the file", `${length} bytes of ${file.bytes}`);
  }
  const footer = new Uint8Array(length + TAIL_BYTES);
  const footerStart = file.bytes - footer.length;
  file.read(footer, footerStart);
  try {
    thriftStructEnd(footer.subarray(0, length), 0);
    return { metadata: parquetMetadata(footer, { geoparquet: false }), footerStart };
  } catch (error) {
    throw badFile(file.path, "its footer must be readable", (error as Error).message, error);
  }
}

function checkMagic(file: FileBytes, magic: number): void {
  if (magic === ENCRYPTED_MAGIC) {
    throw new KaaykoError({
      action: `read ${file.path}`,
      rule: "the file must not be encrypted",
      kind: "input",
      remedy: "Write it again without encryption.",
    });
  }
  if (magic !== MAGIC) throw badFile(file.path, "a Parquet file must end in PAR1");
}

function layout(file: FileBytes, metadata: FileMetaData, footerStart: number): FileLayout {
  const groups = groupLayouts(file, metadata);
  const columns: ColumnLayout[] = [];
  const unreadable: { name: string; reason: string }[] = [];
  const named = classNames(metadata.key_value_metadata);
  for (const top of topColumns(file, metadata.schema)) {
    const { name } = top;
    const known = columns.some((column) => column.schema.name === name);
    const details = { footerStart, names: named.get(name) };
    const column = known ? "another column has this name" : columnLayout(file, metadata, top, groups, details);
    if (typeof column === "string") unreadable.push({ name, reason: column });
    else columns.push(column);
  }
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  return { path: file.path, bytes: file.bytes, rows, groups, columns, unreadable };
}

function groupLayouts(file: FileBytes, metadata: FileMetaData): GroupLayout[] {
  let firstRow = 0;
  const groups = metadata.row_groups.map((group) => {
    const rows = whole(group.num_rows, "rows of a row group");
    firstRow += rows;
    return { firstRow: firstRow - rows, rows };
  });
  const total = whole(metadata.num_rows, "rows");
  if (firstRow !== total) {
    throw badFile(file.path, "the row groups must have as many rows as the file", `${firstRow} and ${total}`);
  }
  return groups;
}

interface TopColumn {
  readonly name: string;
  /** Position among the leaves, which is its position in every row group. */
  readonly leaf: number;
  /** How its values are stored; undefined where they are nested in another way than lists of plain values are. */
  readonly shape: LeafShape | undefined;
}

function topColumns(file: FileBytes, schema: readonly SchemaElement[]): TopColumn[] {
  if (schema.length === 0 || schema.length > MAX_COLUMNS) {
    throw badFile(file.path, `a schema must have 1 to ${MAX_COLUMNS} elements`, String(schema.length));
  }
  const tops: TopColumn[] = [];
  let leaf = 0;
  for (let at = 1; at < schema.length; ) {
    const element = schema[at]!;
    const end = subtreeEnd(schema, at);
    tops.push({ name: element.name, leaf, shape: leafShape(schema.slice(at, end)) });
    for (; at < end; at++) if (schema[at]!.type !== undefined) leaf++;
  }
  if (tops.length !== (schema[0]!.num_children ?? 0)) throw badFile(file.path, "its schema must be a tree");
  return tops;
}

function subtreeEnd(schema: readonly SchemaElement[], start: number): number {
  let at = start;
  for (let open = 1; open > 0; at++) {
    const element = schema[at];
    if (element === undefined) throw new Error("the schema ends early");
    const children = element.num_children ?? 0;
    if (!(children >= 0 && children <= schema.length)) throw new Error(`${children} children`);
    open += children - 1;
  }
  return at;
}

function columnLayout(
  file: FileBytes,
  metadata: FileMetaData,
  { name, leaf, shape }: TopColumn,
  groups: readonly GroupLayout[],
  { footerStart, names }: { readonly footerStart: number; readonly names: readonly string[] | undefined },
): ColumnLayout | string {
  if (shape === undefined) return "it is nested (a map, a struct, or lists of more than plain values)";
  const type = columnType(shape.element);
  if ("reason" in type) return type.reason;
  const chunks: ChunkLayout[] = [];
  for (const [i, group] of metadata.row_groups.entries()) {
    const chunk = chunkLayout(file, group, { name, leaf, shape }, groups[i]!.rows, footerStart);
    if (typeof chunk === "string") return chunk;
    chunks.push(chunk);
  }
  const { decoding } = type;
  const { list, element } = shape;
  const single = list === undefined && decoding.values === "numbers";
  const array = single ? arrayOf(decoding, type.kind, metadata, leaf) : list === undefined ? "float32" : "float64";
  const named = names !== undefined && type.kind === "numeric" ? names : undefined;
  const kind = list === undefined && named === undefined ? type.kind : "categorical";
  const physical = `${list === undefined ? "" : "list of "}${type.physical}${named === undefined ? "" : ", named"}`;
  const optional = element.repetition_type !== "REQUIRED";
  return {
    schema: { name, kind, physical },
    decoding,
    valueKind: type.kind,
    optional,
    array,
    list,
    names: named,
    chunks,
  };
}

function arrayOf(decoding: NumberDecoding, kind: string, metadata: FileMetaData, leaf: number): "float32" | "float64" {
  if (kind === "date" || decoding.scaling.to === "milliseconds") return "float64";
  const statistics = metadata.row_groups.map((group) => group.columns[leaf]?.meta_data?.statistics);
  return neededArray(decoding, statistics);
}

function chunkLayout(
  file: FileBytes,
  group: RowGroup,
  { name, leaf, shape }: TopColumn & { readonly shape: LeafShape },
  rows: number,
  footerStart: number,
): ChunkLayout | string {
  const chunk: ColumnChunk | undefined = group.columns[leaf];
  const data = chunk?.meta_data;
  if (chunk?.crypto_metadata !== undefined || (chunk !== undefined && data === undefined)) return "it is encrypted";
  if (data === undefined || data.path_in_schema.join(".") !== shape.path || data.type !== shape.element.type) {
    throw badFile(file.path, `a row group must hold the column ${name}`);
  }
  if (chunk?.file_path) return "its values are in another file";
  if (!CODECS.includes(data.codec)) return `the codec ${data.codec} is not supported`;
  const values = whole(data.num_values, "values of a column");
  if (shape.list === undefined ? values !== rows : values < rows)
    throw badFile(file.path, `${name} must have ${rows} values in a row group`, `${values}`);
  const pages = whole(data.data_page_offset, "offset of a page");
  const dictionary = whole(data.dictionary_page_offset ?? 0n, "offset of a page");
  const start = dictionary > 0 ? Math.min(dictionary, pages) : pages;
  const end = start + whole(data.total_compressed_size, "bytes of a column");
  if (rows > 0 && (start < 4 || end > footerStart)) {
    throw badFile(file.path, `${name} must lie inside the file`, `bytes ${start} to ${end}`);
  }
  return { start, end, values, codec: data.codec, work: whole(data.total_uncompressed_size, "bytes of a column") };
}

function whole(value: bigint | number | undefined, what: string): number {
  const number = Number(value);
  if (!(Number.isSafeInteger(number) && number >= 0)) throw new Error(`${value} ${what}`);
  return number;
}
