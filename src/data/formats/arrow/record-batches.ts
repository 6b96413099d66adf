import { RecordBatch, RecordBatchReader, type Schema } from "apache-arrow";
import { badFile, type FileBytes } from "../file-bytes.ts";
import { type MessageEntry, messageBytes } from "./messages.ts";

/** Gives record batches by number, each read from the file when it is asked for. */
export interface RecordBatches {
  /** Record batch `index`. Cheap for the one after the last; for others the dictionaries before it are read again. */
  at(index: number): RecordBatch;
}

export function openRecordBatches(file: FileBytes, entries: readonly MessageEntry[]): RecordBatches {
  const positions = [...entries.keys()].filter((i) => entries[i]!.type === "batch");
  let reader: Iterator<RecordBatch> | undefined;
  let next = 0;
  let last: { index: number; batch: RecordBatch } | undefined;
  return {
    at(index) {
      if (last?.index === index) return last.batch;
      if (reader === undefined || index !== next) reader = readFrom(file, entries, positions[index]!);
      next = index + 1;
      const batch = guarded(file, () => reader!.next().value as RecordBatch | undefined);
      const { rows } = entries[positions[index]!]!;
      if (!(batch instanceof RecordBatch) || batch.numRows !== rows) {
        throw badFile(file.path, `a record batch must have ${rows} rows`, String(batch?.numRows ?? "none"));
      }
      last = { index, batch };
      return batch;
    },
  };
}

export function readSchema(file: FileBytes, entries: readonly MessageEntry[]): Schema {
  return guarded(file, () => {
    const reader = RecordBatchReader.from(messageBytes(file, entries.slice(0, 1))).open();
    return reader.schema;
  });
}

function readFrom(file: FileBytes, entries: readonly MessageEntry[], first: number): Iterator<RecordBatch> {
  const needed = entries.filter((entry, i) => i >= first || entry.type !== "batch");
  return guarded(file, () => RecordBatchReader.from(messageBytes(file, needed)).open()[Symbol.iterator]());
}

/** Runs what the library does with bytes that nobody vouches for. */
export function guarded<Result>(file: FileBytes, step: () => Result): Result {
  try {
    return step();
  } catch (error) {
    throw badFile(file.path, "its messages must be readable", (error as Error).message, error);
  }
}
