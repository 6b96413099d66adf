import {
  type Batch,
  type BatchReader,
  type Column,
  type ColumnKind,
  type ColumnSchema,
  columnNamed,
  type OpenOptions,
  type TableSource,
} from "../core/index.ts";

/** A column that is made of others, row by row. */
export interface ComputedColumn {
  readonly schema: ColumnSchema;
  /** Columns of the table beneath, at least one: it says how many rows there are. */
  readonly from: readonly string[];
  /** What these are read as, where that is another kind than the table's. */
  readonly kinds?: Readonly<Record<string, ColumnKind>>;
  /** @param columns those named in `from`, in that order */
  readonly compute: (columns: readonly Column[], rows: number) => Column;
}

/**
 * A table with columns that are made of its own. Positions are those of the source beneath.
 *
 * @param omit columns of the table that are not shown; computed ones replace those of their name
 */
export function computedSource(
  source: TableSource,
  computed: readonly ComputedColumn[],
  omit: readonly string[] = [],
): TableSource {
  const byName = new Map(computed.map((column) => [column.schema.name, column]));
  const isShown = (name: string) => !byName.has(name) && !omit.includes(name);
  const shown = async () => {
    const description = await source.describe();
    const columns = description.columns.filter(({ name }) => isShown(name));
    const unreadable = description.unreadable.filter(({ name }) => isShown(name));
    return { ...description, unreadable, columns: [...columns, ...computed.map(({ schema }) => schema)] };
  };
  return {
    format: source.format,
    path: source.path,
    describe: shown,
    open: async (options = {}) => {
      const names = options.columns ?? (await shown()).columns.map(({ name }) => name);
      const reader = await source.open(beneath(options, names, byName));
      return computingReader(reader, names, byName);
    },
  };
}

function beneath(
  options: OpenOptions,
  names: readonly string[],
  computed: ReadonlyMap<string, ComputedColumn>,
): OpenOptions {
  const columns = new Set(names.flatMap((name) => computed.get(name)?.from ?? [name]));
  const own = Object.entries(options.kinds ?? {}).filter(([name]) => columns.has(name) && !computed.has(name));
  const kinds = Object.assign(Object.fromEntries(own), ...names.map((name) => computed.get(name)?.kinds ?? {}));
  return { ...options, columns: [...columns], kinds };
}

function computingReader(
  reader: BatchReader,
  names: readonly string[],
  computed: ReadonlyMap<string, ComputedColumn>,
): BatchReader {
  const arranged = <T extends { readonly rows: number; readonly columns: readonly Column[] }>(table: T): T => ({
    ...table,
    columns: names.map((name) => {
      const own = computed.get(name);
      if (own === undefined) return columnNamed(table.columns, name)!;
      return own.compute(
        own.from.map((from) => columnNamed(table.columns, from)!),
        table.rows,
      );
    }),
  });
  return {
    next: async (): Promise<Batch | null> => {
      const batch = await reader.next();
      return batch === null ? null : arranged(batch);
    },
    table: () => arranged(reader.table()),
    position: () => reader.position(),
    seek: (position) => reader.seek(position),
    close: () => reader.close(),
  };
}
