import type { Table, TableSource } from "../../../core/index.ts";
import { memorySource } from "./index.ts";

/** A table of a file that is small enough to be read as a whole. */
export interface DeferredTable {
  readonly format: string;
  readonly path: string;
  /** Of the file. */
  readonly bytes: number;
  /** What its columns are called in the file's own terms. */
  readonly physical: string;
  readonly read: () => Promise<Table>;
}

/** A source whose table is read as a whole, once, when it is first asked for anything. */
export function deferredSource({ format, path, bytes, physical, read }: DeferredTable): TableSource {
  let known: Promise<TableSource> | undefined;
  const source = () => {
    known ??= read().then((table) => memorySource(table, path));
    return known;
  };
  return {
    format,
    path,
    describe: async () => {
      const { columns, ...rest } = await (await source()).describe();
      return { ...rest, bytes, columns: columns.map((column) => ({ ...column, physical })) };
    },
    open: async (options) => (await source()).open(options),
  };
}
