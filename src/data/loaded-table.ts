import {
  type Column,
  type ColumnKind,
  columnNamed,
  type OpenOptions,
  type Table,
  type TableSource,
} from "../core/index.ts";
import { missingColumn } from "./missing-column.ts";
import type { TableProfile } from "./profile/profile.ts";
import type { RowSample } from "./rows/sample.ts";

/** What the load stage makes. */
export interface LoadedTable {
  readonly source: TableSource;
  /** How the source was read: reading it again with these gives the same values. */
  readonly options: {
    readonly columns: readonly string[];
    readonly kinds: Readonly<Record<string, ColumnKind>>;
    readonly threads: number;
  };
  /** Of the rows used. */
  readonly profile: TableProfile;
  /** Rows in the source. */
  readonly sourceRows: number;
  /** The rows used; null for all of them. */
  readonly sample: RowSample | null;
  /** The rows used, in memory; null where the table is streamed. */
  readonly table: Table | null;
  /** Rows that have a place: those of `table`, or those of the source. Roles are stored by place. */
  readonly places: number;
  /** The source's row number of each place; null where they are the same. */
  readonly rowNumbers: Uint32Array | null;
  /** Whole columns by place, from memory or from the file. For the few that splits need. */
  readColumns(names: readonly string[]): Promise<readonly Column[]>;
  /** One column piece by piece, in the order of places, without keeping it. */
  scanColumn(name: string, visit: (column: Column, firstPlace: number) => void): Promise<void>;
}

/** What the loader knows when it is done. */
type Loaded = Pick<LoadedTable, "options" | "profile" | "sourceRows" | "sample" | "table">;

export function makeLoadedTable(source: TableSource, loaded: Loaded): LoadedTable {
  const { table, sample, sourceRows, options } = loaded;
  const rowNumbers = table !== null && sample !== null ? sampledRows(sample) : null;
  const columnIn = (columns: readonly Column[], name: string) => {
    const column = columnNamed(columns, name);
    if (column === undefined) throw missingColumn(source.path, name, options.columns);
    return column;
  };
  return {
    ...loaded,
    source,
    places: table?.rows ?? sourceRows,
    rowNumbers,
    readColumns: async (names) => {
      const held = table ?? (await readWhole(source, { ...options, columns: names }));
      return names.map((name) => columnIn(held.columns, name));
    },
    scanColumn: async (name, visit) => {
      if (table !== null) return visit(columnIn(table.columns, name), 0);
      const reader = await source.open(ownKinds({ ...options, columns: [name] }));
      try {
        for (let batch = await reader.next(); batch !== null; batch = await reader.next())
          visit(columnIn(batch.columns, name), batch.firstRow);
      } finally {
        await reader.close();
      }
    },
  };
}

/** Kinds of the columns that are read, without those of others. */
function ownKinds(options: OpenOptions): OpenOptions {
  const kinds = Object.entries(options.kinds ?? {}).filter(([name]) => options.columns?.includes(name));
  return { ...options, kinds: Object.fromEntries(kinds) };
}

async function readWhole(source: TableSource, options: OpenOptions): Promise<Table> {
  const reader = await source.open({ ...ownKinds(options), retain: true });
  try {
    while ((await reader.next()) !== null);
    return reader.table();
  } finally {
    await reader.close();
  }
}

function sampledRows(sample: RowSample): Uint32Array {
  const rows = new Uint32Array(sample.rows);
  let found = 0;
  for (let row = 0; row < sample.of; row++) if (sample.has(row)) rows[found++] = row;
  return rows;
}
