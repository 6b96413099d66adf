import {
  type Batch,
  type BatchReader,
  type Column,
  type ColumnSchema,
  columnNamed,
  type Derivation,
  isStringColumn,
  type JsonObject,
  KaaykoError,
  type OpenOptions,
  type SourceDescription,
  type Table,
  type TableSource,
} from "../../core/index.ts";
import { memorySource, missingColumn, pickRows } from "../../data/index.ts";
import type { DeriveOptions, Deriver, DeriverInput, RowDeriver } from "./deriver.ts";
import { blankColumns } from "./hidden-rows.ts";

/**
 * A table with the columns that a deriver makes of its own. Where its rows lie in order they are streamed; otherwise, and where all rows
 * are kept, they are read whole. A seek reads again from the start: what lies before a row decides its columns.
 *
 * @throws KaaykoError (input), when it is described or read, for an input that is missing or of another kind
 */
export function derivedSource(source: TableSource, deriver: Deriver, options: DeriveOptions = {}): TableSource {
  const made = new Set(deriver.outputs.map(({ name }) => name));
  let order: Promise<boolean> | undefined;
  let state: Promise<JsonObject> | undefined;
  const base = async () => checkedInputs(await source.describe(), source.path, deriver, options.omit ?? []);
  const inOrder = async () => {
    order ??= isInOrder(source, deriver);
    return order;
  };
  const start = () => deriver.start(options);
  return {
    format: source.format,
    path: source.path,
    describe: async () => {
      const { description } = await base();
      return { ...description, columns: [...description.columns, ...deriver.outputs] };
    },
    derivation: async (): Promise<Derivation> => {
      const { inputs } = await base();
      state ??= stateOf(source, deriver, inputs, start, await inOrder());
      const kept = inputs.map(({ name, kind }) => ({ name, kind }));
      return {
        by: deriver.name,
        version: deriver.version,
        inputs: kept,
        outputs: [...made],
        state: await state,
      };
    },
    open: async (asked = {}) => {
      const { description, inputs } = await base();
      const names = asked.columns ?? [...description.columns, ...deriver.outputs].map(({ name }) => name);
      const own = names.filter((name) => !made.has(name));
      const beneath = openOptions(asked, own, description);
      const blank = options.blank ?? [];
      if (own.length === names.length && !own.some((name) => blank.includes(name))) return source.open(beneath);
      const needed = [...new Set([...own, ...inputs.map(({ name }) => name)])];
      const whole = { ...beneath, columns: needed, kinds: { ...beneath.kinds, ...kindsOf(inputs) } };
      if (asked.retain !== true && (await inOrder()))
        return new DerivedReader(() => source.open(whole), start, names, options).opened();
      const table = deriveTable(await readWhole(source, whole), deriver, start());
      const columns = blankColumns(table.columns, options, (row) => row);
      return memorySource({ ...table, columns }, source.path).open({ ...asked, columns: names });
    },
  };
}

interface Base {
  readonly description: SourceDescription;
  readonly inputs: readonly DeriverInput[];
}

/** The columns beneath, those that the deriver reads as text called so, and which of its inputs there are. */
function checkedInputs(description: SourceDescription, path: string, deriver: Deriver, omit: readonly string[]): Base {
  const names = description.columns.map(({ name }) => name);
  const inputs = deriver.inputs.filter(({ name, needed }) => {
    if (needed && !names.includes(name)) throw missingColumn(path, name, names);
    return names.includes(name);
  });
  const kinds = new Map(inputs.map(({ name, kind }) => [name, kind]));
  const columns = description.columns
    .filter(({ name }) => !omit.includes(name) && !deriver.outputs.some((output) => output.name === name))
    .map((column): ColumnSchema => {
      const kind = kinds.get(column.name) ?? column.kind;
      if (kind === "date" && column.kind !== "date") throw noDates(column);
      return { ...column, kind };
    });
  return { description: { ...description, columns }, inputs };
}

function noDates({ name, kind }: ColumnSchema): KaaykoError {
  return new KaaykoError({
    action: `use column ${JSON.stringify(name)}`,
    rule: "it must hold dates",
    got: kind,
    remedy: "Write all dates alike, such as 2024-03-31 or 2024-03-31T08:05:00Z.",
    kind: "input",
  });
}

function kindsOf(inputs: readonly DeriverInput[]): NonNullable<OpenOptions["kinds"]> {
  return Object.fromEntries(inputs.map(({ name, kind }) => [name, kind]));
}

function openOptions(asked: OpenOptions, columns: readonly string[], { columns: known }: SourceDescription) {
  const own = known.filter(({ name }) => columns.includes(name)).map(({ name, kind }) => [name, kind]);
  const given = Object.entries(asked.kinds ?? {}).filter(([name]) => columns.includes(name));
  return { ...asked, columns, kinds: Object.fromEntries([...own, ...given]) };
}

async function isInOrder(source: TableSource, { order }: Deriver): Promise<boolean> {
  if (order === null) return true;
  const reader = await source.open({ columns: [order], kinds: { [order]: "date" } });
  let last = Number.NEGATIVE_INFINITY;
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      const column = batch.columns[0]!;
      if (isStringColumn(column)) return false;
      for (let row = 0; row < batch.rows; row++) {
        const time = column.values[row]!;
        if (!(time >= last)) return false;
        last = time;
      }
    }
    return true;
  } finally {
    await reader.close();
  }
}

async function stateOf(
  source: TableSource,
  deriver: Deriver,
  inputs: readonly DeriverInput[],
  start: () => RowDeriver,
  inOrder: boolean,
): Promise<JsonObject> {
  const rows = start();
  const options = { columns: inputs.map(({ name }) => name), kinds: kindsOf(inputs) };
  if (!inOrder) {
    deriveTable(await readWhole(source, options), deriver, rows);
    return rows.state();
  }
  const reader = await source.open(options);
  try {
    for (let batch = await reader.next(); batch !== null; batch = await reader.next()) {
      const { firstRow } = batch;
      rows.next(batch, (row) => firstRow + row);
    }
    return rows.state();
  } finally {
    await reader.close();
  }
}

async function readWhole(source: TableSource, options: OpenOptions): Promise<Table> {
  const reader = await source.open({ ...options, retain: true });
  try {
    while ((await reader.next()) !== null);
    return reader.table();
  } finally {
    await reader.close();
  }
}

/** The whole table with the columns that are made, in the order of its rows. */
function deriveTable(table: Table, { order }: Deriver, rows: RowDeriver): Table {
  const time = order === null ? undefined : columnNamed(table.columns, order);
  if (time === undefined || isStringColumn(time))
    return { rows: table.rows, columns: [...table.columns, ...rows.next(table, (row) => row)] };
  // Rows without a date come last: nothing is known to lie before them.
  const rank = (row: number) => (Number.isNaN(time.values[row]!) ? Number.POSITIVE_INFINITY : time.values[row]!);
  const sorted = Uint32Array.from({ length: table.rows }, (_, row) => row).sort((a, b) => {
    const [first, second] = [rank(a), rank(b)];
    return first === second ? a - b : first - second;
  });
  const made = rows.next({ rows: table.rows, columns: pickRows(table.columns, sorted) }, (i) => sorted[i]!);
  const back = new Uint32Array(table.rows);
  sorted.forEach((row, i) => {
    back[row] = i;
  });
  return { rows: table.rows, columns: [...table.columns, ...pickRows(made, back)] };
}

/** Reads in order, and makes columns batch by batch. */
class DerivedReader implements BatchReader {
  readonly #open: () => Promise<BatchReader>;
  readonly #start: () => RowDeriver;
  readonly #names: readonly string[];
  #reader: BatchReader | null = null;
  readonly #options: DeriveOptions;
  #rows: RowDeriver;

  constructor(
    open: () => Promise<BatchReader>,
    start: () => RowDeriver,
    names: readonly string[],
    options: DeriveOptions,
  ) {
    this.#open = open;
    this.#start = start;
    this.#names = names;
    this.#options = options;
    this.#rows = start();
  }

  async opened(): Promise<this> {
    this.#reader = await this.#open();
    return this;
  }

  async next(): Promise<Batch | null> {
    const batch = await this.#reader!.next();
    if (batch === null) return null;
    const numberOf = (row: number) => batch.firstRow + row;
    const made: readonly Column[] = this.#rows.next(batch, numberOf);
    const own = blankColumns(batch.columns, this.#options, numberOf);
    const columns = this.#names.map((name) => columnNamed(made, name) ?? columnNamed(own, name)!);
    return { ...batch, columns };
  }

  position() {
    return this.#reader!.position();
  }

  async seek(position: JsonObject): Promise<void> {
    await this.#reader!.close();
    this.#reader = await this.#open();
    this.#rows = this.#start();
    while (this.position().row < (position.row as number)) if ((await this.next()) === null) break;
    await this.#reader.seek(position);
  }

  table(): Table {
    throw new KaaykoError({ action: "give the whole table", rule: "it must be retained" });
  }

  close(): Promise<void> {
    return this.#reader!.close();
  }
}
