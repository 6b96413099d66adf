import type { SourceDescription, TableSource } from "../../../core/source.ts";
import { badFile, type FileBytes, memoryBytes, openFileBytes } from "../file-bytes.ts";
import type { ArrowLayout } from "./arrow-batches.ts";
import type { ArrowColumn } from "./column-type.ts";

/**
 * An Arrow IPC file or stream (Feather version 2 too) as a table, record batch by record batch. Lists of plain values are
 * strings, their JSON; other nested and unsupported columns are named in `describe().unreadable` and left out. A batch never crosses a record batch.
 *
 * @throws KaaykoError of kind `input` where the file is missing or damaged; bodies are checked when they are read
 */
export function openArrow(path: string): Promise<TableSource> {
  return openFrom(path, () => openFileBytes(path));
}

/**
 * Arrow IPC in memory as a table, as `openArrow` has it. The bytes must not be changed while it is used.
 *
 * @param name what errors call it
 * @throws KaaykoError of kind `input` where they are damaged
 */
export function openArrowBytes(bytes: Uint8Array, name: string): Promise<TableSource> {
  return openFrom(name, () => memoryBytes(bytes, name));
}

async function openFrom(path: string, openBytes: () => FileBytes): Promise<TableSource> {
  const first = openBytes();
  let layout: ArrowLayout;
  try {
    layout = await readLayout(first);
  } finally {
    first.close();
  }
  const description: SourceDescription = {
    columns: layout.columns.map(({ name, kind, physical }) => ({ name, kind, physical })),
    rows: layout.rows,
    bytes: first.bytes,
    unreadable: layout.unreadable,
  };
  return {
    format: "arrow",
    path,
    describe: async () => description,
    async open(options = {}) {
      const { openArrowBatches } = await import("./arrow-batches.ts");
      const file = openBytes();
      try {
        return openArrowBatches(file, layout, options);
      } catch (error) {
        file.close();
        throw error;
      }
    },
  };
}

async function readLayout(file: FileBytes): Promise<ArrowLayout> {
  // The library takes a while to load, so it is loaded when a file needs it.
  const [{ listMessages }, { guarded, readSchema }, { arrowColumn }, { registerCodecs }, { classNames }] =
    await Promise.all([
      import("./messages.ts"),
      import("./record-batches.ts"),
      import("./column-type.ts"),
      import("./compression.ts"),
      import("../class-names.ts"),
    ]);
  registerCodecs();
  const entries = listMessages(file);
  const schema = readSchema(file, entries);
  const names = classNames([...schema.metadata].map(([key, value]) => ({ key, value })));
  const columns: ArrowColumn[] = [];
  const unreadable: { name: string; reason: string }[] = [];
  const fields = new Map<string, number>();
  for (const [i, field] of schema.fields.entries()) {
    const column = guarded(file, () => arrowColumn(field, names.get(field.name)));
    if (fields.has(column.name)) unreadable.push({ name: column.name, reason: "another column has this name" });
    else if ("reason" in column) unreadable.push(column);
    else columns.push(column);
    if (!fields.has(column.name)) fields.set(column.name, i);
  }
  const rows = entries.reduce((sum, entry) => sum + entry.rows, 0);
  if (!Number.isSafeInteger(rows)) throw badFile(file.path, "its rows must be countable", String(rows));
  return { path: file.path, rows, entries, columns, unreadable, fields };
}
