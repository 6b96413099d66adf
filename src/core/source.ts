import type { Batch, ColumnKind, ColumnSchema, Table } from "./columns.ts";
import type { Derivation } from "./derivation.ts";
import type { JsonObject } from "./json.ts";

/** The file of a table: its address without the table's name behind a `#`, which files of several tables need. */
export function fileOfTable(address: string): string {
  const mark = address.lastIndexOf("#");
  return mark > 0 ? address.slice(0, mark) : address;
}

/** A file that holds a table. Reads nothing but what it is asked for; every byte of it is untrusted. */
export interface TableSource {
  readonly format: string;
  readonly path: string;
  /** Columns and size. May read the head of the file (or, for text, scan it) but keeps nothing in memory. */
  describe(): Promise<SourceDescription>;
  open(options?: OpenOptions): Promise<BatchReader>;
  /** How some of its columns are made from the others; reads what it must to know. Absent where none are. */
  derivation?(): Promise<Derivation>;
}

export interface SourceDescription {
  readonly columns: readonly ColumnSchema[];
  /** Undefined where only reading tells. */
  readonly rows: number | undefined;
  /** Size of the file in bytes. */
  readonly bytes: number;
  /** Columns that cannot be read as a table's (nested, encrypted, unsupported), and why. They are never returned. */
  readonly unreadable: readonly { readonly name: string; readonly reason: string }[];
  /**
   * Sentences about how the file was understood where it does not say so itself, such as columns under other names. Absent where
   * there is nothing to say.
   */
  readonly remarks?: readonly string[];
}

export interface OpenOptions {
  /** Columns to read, in this order. Default all readable ones. */
  readonly columns?: readonly string[];
  /** Kinds that differ from what `describe` says, by column: read a numeric column as `categorical`, for example. */
  readonly kinds?: Readonly<Record<string, ColumnKind>>;
  /** Rows in a batch at most. Default 65,536. Batches of the same file and options always have the same borders. */
  readonly batchRows?: number;
  /** Threads that decode. Default 1. The batches are the same for any number. */
  readonly threads?: number;
  /** Keep all rows, so that `table()` gives them after the last batch; batches are then views into that table. Default false. */
  readonly retain?: boolean;
}

/** Reads a source from its start to its end, in batches. Memory does not grow with the file unless `retain` is set. */
export interface BatchReader {
  /** The next batch, or null after the last. Values are valid until the next call unless `retain` is set. */
  next(): Promise<Batch | null>;
  /** Where the next batch starts: `{ row, … }` and what the format needs to find it again. */
  position(): JsonObject & { row: number };
  /** Continues at a position that this file gave earlier under the same options. With `retain`, loads what lies before it too. */
  seek(position: JsonObject): Promise<void>;
  /** All rows; only with `retain`, and only after `next` returned null. */
  table(): Table;
  close(): Promise<void>;
}

/** Writes a table file: complete under its name after `finish`, or not there at all. */
export interface TableWriter {
  /** Appends rows; columns must be those that the writer was opened with, in that order. */
  write(batch: Batch): Promise<void>;
  /** Publishes the file. */
  finish(): Promise<{ readonly rows: number; readonly bytes: number }>;
  /** Removes what was written. Safe to call after `finish`, where it does nothing. */
  abort(): Promise<void>;
}
