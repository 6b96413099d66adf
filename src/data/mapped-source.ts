import {
  type Batch,
  type BatchReader,
  type Column,
  type ColumnKind,
  isStringColumn,
  type OpenOptions,
  type TableSource,
} from "../core/index.ts";

/** A column under another name, and what its cells read as. */
export interface ColumnMapping {
  readonly from: string;
  readonly to: string;
  /** What a cell becomes; the column is then read as strings. Default: itself. */
  readonly cell?: (text: string) => string;
}

/**
 * A source whose columns have other names, for files of another shape than a recipe expects. Columns that no mapping names are
 * left out. Positions are those of the source beneath.
 */
export function mappedSource(source: TableSource, mappings: readonly ColumnMapping[]): TableSource {
  const byName = new Map(mappings.map((mapping) => [mapping.to, mapping]));
  return {
    format: source.format,
    path: source.path,
    describe: async () => {
      const description = await source.describe();
      const columns = mappings.flatMap(({ from, to, cell }) => {
        const column = description.columns.find(({ name }) => name === from);
        return column === undefined ? [] : [{ ...column, name: to, ...(cell ? { kind: "categorical" as const } : {}) }];
      });
      const renamed = mappings.filter(({ from, to }) => from !== to && columns.some(({ name }) => name === to));
      const remarks = renamed.map(({ from, to }) => `Column ${from} is read as ${to}.`);
      return { ...description, columns, remarks: [...(description.remarks ?? []), ...remarks] };
    },
    open: async (options = {}) => {
      const names = options.columns ?? mappings.map(({ to }) => to);
      const wanted = names.map((name) => byName.get(name) ?? { from: name, to: name });
      return new MappedReader(await source.open(beneath(options, wanted)), wanted);
    },
  };
}

function beneath(options: OpenOptions, wanted: readonly ColumnMapping[]): OpenOptions {
  const kinds: Record<string, ColumnKind> = {};
  for (const { from, to, cell } of wanted) {
    const kind = options.kinds?.[to] ?? (cell === undefined ? undefined : "categorical");
    if (kind !== undefined) kinds[from] = kind;
  }
  return { ...options, columns: wanted.map(({ from }) => from), kinds };
}

class MappedReader implements BatchReader {
  readonly #reader: BatchReader;
  readonly #mappings: readonly ColumnMapping[];
  /** What the strings of each dictionary became; dictionaries only grow at their end. */
  readonly #dictionaries = new Map<readonly string[], string[]>();

  constructor(reader: BatchReader, mappings: readonly ColumnMapping[]) {
    this.#reader = reader;
    this.#mappings = mappings;
  }

  async next(): Promise<Batch | null> {
    const batch = await this.#reader.next();
    return batch === null ? null : { ...batch, columns: this.#map(batch.columns) };
  }

  #map(columns: readonly Column[]): Column[] {
    return columns.map((column, i) => {
      const { to, cell } = this.#mappings[i]!;
      if (cell === undefined || !isStringColumn(column)) return { ...column, name: to };
      return { ...column, name: to, dictionary: this.#dictionaryOf(column.dictionary, cell) };
    });
  }

  #dictionaryOf(dictionary: readonly string[], cell: (text: string) => string): string[] {
    const mapped = this.#dictionaries.get(dictionary) ?? [];
    this.#dictionaries.set(dictionary, mapped);
    for (let i = mapped.length; i < dictionary.length; i++) mapped.push(cell(dictionary[i]!));
    return mapped;
  }

  position() {
    return this.#reader.position();
  }

  seek(position: Parameters<BatchReader["seek"]>[0]): Promise<void> {
    return this.#reader.seek(position);
  }

  table() {
    const table = this.#reader.table();
    return { ...table, columns: this.#map(table.columns) };
  }

  close(): Promise<void> {
    return this.#reader.close();
  }
}
