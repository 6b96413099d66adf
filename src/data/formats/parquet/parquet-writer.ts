import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CompressionCodec, SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { Batch, Column, ColumnSchema } from "../../../core/columns.ts";
import { KaaykoError } from "../../../core/errors.ts";
import type { TableWriter } from "../../../core/source.ts";
import { columnData, createRowGroup, fillRowGroup, type RowGroup, schemaElement } from "./row-group.ts";

export interface ParquetWriterOptions {
  /** Rows of a row group, which is what is held in memory. Default 65,536. */
  readonly rowGroupRows?: number;
  /** Default SNAPPY. */
  readonly codec?: "SNAPPY" | "UNCOMPRESSED" | "GZIP" | "BROTLI";
}

const ROW_GROUP_ROWS = 1 << 16;
const MAX_ROW_GROUP_ROWS = 1 << 24;
const FLUSH_BYTES = 1 << 20;

/**
 * Writes a Parquet file, row group by row group, under a temporary name beside `path`; `finish` syncs it to disk and renames
 * it. The same rows give the same bytes, however they are cut into batches.
 *
 * `numeric` becomes FLOAT or DOUBLE by the array of its first batch, `boolean` BOOLEAN, `date` TIMESTAMP (milliseconds, UTC),
 * strings dictionary-encoded UTF-8. NaN and code 0 become null.
 *
 * @throws KaaykoError of kind `input` where the folder cannot be written, `usage` where batches do not fit `columns`
 */
export async function createParquetWriter(
  path: string,
  columns: readonly ColumnSchema[],
  options: ParquetWriterOptions = {},
): Promise<TableWriter> {
  const groupRows = checkedRows(path, options.rowGroupRows ?? ROW_GROUP_ROWS);
  checkColumns(path, columns);
  const output = openOutput(path);
  let group: RowGroup | undefined;
  let file: ParquetWriter | undefined;
  let rows = 0;

  const flush = async (): Promise<void> => {
    file ??= new ParquetWriter({
      writer: output.writer,
      schema: [{ name: "schema", num_children: columns.length }, ...schemaElements(columns, group)],
      createdBy: "kaayko",
      codec: options.codec ?? "SNAPPY",
      compressors: await compressorsOf(options.codec),
    });
    if (group === undefined || group.rows === 0) return;
    file.write({ columnData: group.columns.map((column) => columnData(column, group!.rows)), rowGroupSize: groupRows });
    output.flush();
    group.rows = 0;
  };
  const write = async (batch: Batch): Promise<void> => {
    checkBatch(path, columns, batch.columns);
    group ??= createRowGroup(batch.columns, groupRows);
    for (let from = 0; from < batch.rows; ) {
      from += fillRowGroup(group, path, batch, from);
      if (group.rows === groupRows) await flush();
    }
    rows += batch.rows;
  };
  return {
    write: (batch) => output.guarded(() => write(batch)),
    finish: () =>
      output.guarded(async () => {
        await flush();
        file!.finish();
        return { rows, bytes: output.publish() };
      }),
    async abort() {
      output.discard();
    },
  };
}

interface Output {
  readonly writer: ByteWriter;
  /** Writes to disk what was encoded. */
  flush(): void;
  /** Syncs, renames, and gives the size. */
  publish(): number;
  discard(): void;
  guarded<Result>(step: () => Promise<Result>): Promise<Result>;
}

function openOutput(path: string): Output {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.partial`);
  const descriptor = attempt(path, () => openSync(temporary, "wx"));
  const writer = new ByteWriter(FLUSH_BYTES) as ByteWriter & { index: number; buffer: ArrayBuffer };
  let open = true;
  const flush = (): void => {
    const bytes = new Uint8Array(writer.buffer, 0, writer.index);
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done, bytes.length - done);
    writer.index = 0;
  };
  const close = (): void => {
    if (open) closeSync(descriptor);
    open = false;
  };
  const discard = (): void => {
    if (!open) return;
    close();
    rmSync(temporary, { force: true });
  };
  const publish = (): number => {
    flush();
    fsyncSync(descriptor);
    close();
    renameSync(temporary, path);
    syncFolder(dirname(path));
    return writer.offset;
  };
  const guarded = async <Result>(step: () => Promise<Result>): Promise<Result> => {
    if (!open) throw new KaaykoError({ action: `write ${path}`, rule: "the writer must be open" });
    try {
      return await step();
    } catch (error) {
      discard();
      rmSync(temporary, { force: true });
      if (error instanceof KaaykoError) throw error;
      throw writeError(path, error);
    }
  };
  return { writer, flush, publish, discard, guarded };
}

/** A rename is on disk when its folder is. Some systems cannot sync folders; there it comes later. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Windows refuses; the file itself is synced.
  }
}

function attempt<Result>(path: string, step: () => Result): Result {
  try {
    return step();
  } catch (error) {
    throw writeError(path, error);
  }
}

function writeError(path: string, error: unknown): KaaykoError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new KaaykoError({
    action: `write ${path}`,
    rule: code === "ENOSPC" ? "the disk is full" : "its folder must be there and take it",
    ...(code === "ENOSPC" ? {} : { got: code ?? message }),
    kind: code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR" ? "input" : "failed",
    remedy: code === "ENOSPC" ? "Make room on the disk." : "Check the folder and who may write to it.",
    cause: error,
  });
}

function schemaElements(columns: readonly ColumnSchema[], group: RowGroup | undefined): SchemaElement[] {
  return columns.map((column, i) => schemaElement(column.name, column.kind, group?.columns[i]));
}

async function compressorsOf(
  codec: CompressionCodec | undefined,
): Promise<Partial<Record<CompressionCodec, (bytes: Uint8Array) => Uint8Array>>> {
  if (codec === "GZIP" || codec === "BROTLI") {
    const { brotliCompressSync, gzipSync } = await import("node:zlib");
    return { GZIP: (bytes) => gzipSync(bytes), BROTLI: (bytes) => brotliCompressSync(bytes) };
  }
  return {};
}

function checkedRows(path: string, rows: number): number {
  if (Number.isInteger(rows) && rows >= 1 && rows <= MAX_ROW_GROUP_ROWS) return rows;
  throw usage(path, `rowGroupRows must be a whole number from 1 to ${MAX_ROW_GROUP_ROWS}`, String(rows));
}

function checkColumns(path: string, columns: readonly ColumnSchema[]): void {
  const names = new Set(columns.map((column) => column.name));
  if (names.size < columns.length) throw usage(path, "columns must have different names", "two of one name");
  if (columns.length === 0) throw usage(path, "a table must have columns", "none");
}

function checkBatch(path: string, columns: readonly ColumnSchema[], given: readonly Column[]): void {
  const fits =
    given.length === columns.length &&
    given.every((column, i) => column.name === columns[i]!.name && column.kind === columns[i]!.kind);
  if (!fits) {
    const got = given.map((column) => `${column.name} (${column.kind})`).join(", ");
    throw usage(path, "a batch must have the columns that the file was opened with", got);
  }
}

function usage(path: string, rule: string, got: string): KaaykoError {
  return new KaaykoError({ action: `write ${path}`, rule, got, kind: "usage" });
}
