import {
  type ColumnKind,
  hashJson,
  type JsonObject,
  joinStates,
  KaaykoError,
  nestState,
  type ParameterValues,
  type SourceDescription,
  type State,
  type StepReport,
  type TableSource,
  unnestState,
} from "../core/index.ts";
import {
  createTableLoader,
  type LoadedTable,
  type MemoryNeed,
  missingColumn,
  parseSampleSize,
  planMemory,
  type SampleSize,
  sampleRowCount,
  type TableLoader,
} from "../data/index.ts";
import { checkColumns } from "./check-columns.ts";
import { digestFile } from "./file-digest.ts";
import { memoryLimit } from "./memory-limit.ts";
import type { LoadedData, Stage } from "./preparation.ts";
import { refuseResume } from "./request.ts";

/** Rows of the test table that a smoke test looks at. */
const SMOKE_TEST_ROWS = 1000;

/** The tables of a run. */
export interface LoadedTables extends LoadedData {
  readonly main: LoadedTable;
  /** The held-out table of `--test`; null where rows of the main table are held out. */
  readonly test: LoadedTable | null;
  /** Tables that boosted trees are measured on after each round, by name. Default none. */
  readonly evaluations?: readonly { readonly name: string; readonly loaded: LoadedTable }[];
}

export interface TableFiles {
  readonly main: TableSource;
  readonly test: TableSource | null;
  /** Default none. */
  readonly evaluations?: readonly { readonly name: string; readonly source: TableSource }[];
}

type Mode = "memory" | "stream";

/**
 * The load stage: reads the main table and then the test table, a chunk a step. Whether they are held in memory or streamed
 * is planned once, from their sizes and the memory that is free, and is part of the state: it may differ by machine.
 *
 * @param need whether algorithms of the run work in memory only, or better there
 * @throws KaaykoError (input) for a column that is not there, (usage) for data that does not fit the memory
 */
export async function createLoadStage(
  files: TableFiles,
  settings: ParameterValues,
  need: MemoryNeed,
): Promise<Stage<LoadedTables>> {
  const description = await files.main.describe();
  const names = description.columns.map(({ name }) => name);
  checkColumns(files.main.path, description, settings);
  const ignored = new Set((settings.ignore as string[] | undefined) ?? []);
  // What is no feature by itself may still go into the features of a user.
  const ownFeatures = settings.features !== undefined;
  const columns = names.filter((name) => ownFeatures || !ignored.has(name) || name === settings.target);
  return new LoadStage(files, settings, need, description, columns);
}

class LoadStage implements Stage<LoadedTables> {
  readonly version = 2;
  readonly #files: TableFiles;
  readonly #settings: ParameterValues;
  readonly #need: MemoryNeed;
  readonly #description: SourceDescription;
  readonly #columns: readonly string[];
  #mode: Mode | null = null;
  /** Of the files, so that a resume does not go on with others. */
  #digests: (string | null)[] | null = null;
  #main: TableLoader | null = null;
  #mainDone = false;
  /** The test table where there is one, then the evaluation tables. */
  readonly #heldSources: readonly TableSource[];
  readonly #held: TableLoader[] = [];
  #heldDone = 0;
  #step = 0;

  constructor(
    files: TableFiles,
    settings: ParameterValues,
    need: MemoryNeed,
    description: SourceDescription,
    columns: readonly string[],
  ) {
    this.#files = files;
    const evaluations = (files.evaluations ?? []).map(({ source }) => source);
    this.#heldSources = files.test === null ? evaluations : [files.test, ...evaluations];
    this.#settings = settings;
    this.#need = need;
    this.#description = description;
    this.#columns = columns;
  }

  async step(): Promise<StepReport> {
    this.#mode ??= this.#plan();
    this.#digests ??= await this.#digestFiles();
    let report: StepReport;
    if (!this.#mainDone) {
      this.#main ??= await this.#mainLoader();
      report = await this.#main.step();
      this.#mainDone = report.done;
    } else {
      this.#held[this.#heldDone] ??= await this.#heldLoader(this.#heldSources[this.#heldDone]!);
      report = await this.#held[this.#heldDone]!.step();
      if (report.done) this.#heldDone++;
    }
    const done = this.#mainDone && this.#heldDone === this.#heldSources.length;
    // Counted here: finding the end of a table is a step of this stage, too.
    this.#step++;
    return { ...report, done, step: this.#step };
  }

  async getState(): Promise<State> {
    const json: JsonObject = {
      mode: this.#mode,
      digests: this.#digests,
      mainDone: this.#mainDone,
      heldDone: this.#heldDone,
      step: this.#step,
    };
    const parts: State[] = [{ json, arrays: {} }];
    if (this.#main !== null) parts.push(nestState("main", await this.#main.getState()));
    for (const [i, loader] of this.#held.entries()) parts.push(nestState(`held${i}`, await loader.getState()));
    return joinStates(...parts);
  }

  async setState(state: State): Promise<void> {
    const { mode, digests, mainDone, heldDone, step } = state.json;
    if (typeof step !== "number" || typeof heldDone !== "number")
      throw new KaaykoError({ action: "continue loading", rule: "its state must be whole", kind: "damaged" });
    await this.#checkDigests(digests as (string | null)[] | null);
    this.#mode = mode as Mode | null;
    this.#mainDone = mainDone === true;
    this.#step = step;
    const main = unnestState("main", state);
    if (main !== undefined) {
      this.#main = await this.#mainLoader();
      await this.#main.setState(main);
    }
    this.#heldDone = heldDone;
    for (const [i, source] of this.#heldSources.entries()) {
      const held = unnestState(`held${i}`, state);
      if (held === undefined) break;
      this.#held[i] = await this.#heldLoader(source);
      await this.#held[i]!.setState(held);
    }
  }

  async product(): Promise<LoadedTables> {
    const main = await this.#main!.product();
    const held: LoadedTable[] = [];
    for (const loader of this.#held) held.push(await loader.product());
    const { fingerprint } = main.profile;
    const test = this.#files.test === null ? null : held[0]!;
    const evaluations = test === null ? held : held.slice(1);
    return {
      main,
      test,
      evaluations: evaluations.map((loaded, i) => ({ name: this.#files.evaluations![i]!.name, loaded })),
      fingerprint:
        held.length === 0 ? fingerprint : hashJson([fingerprint, ...held.map(({ profile }) => profile.fingerprint)]),
      ...(main.places < main.sourceRows
        ? { sampled: { rows: main.places, of: main.sourceRows, wholeTest: test !== null } }
        : {}),
      notices: [
        ...this.#description.unreadable.map(({ name, reason }) => `Column ${name} is left out: ${reason}`),
        ...(await this.#remarks()),
      ],
    };
  }

  async #remarks(): Promise<string[]> {
    const held = await Promise.all(this.#heldSources.map((source) => source.describe()));
    return [...new Set([this.#description, ...held].flatMap(({ remarks }) => remarks ?? []))];
  }

  async dispose(): Promise<void> {
    await this.#main?.dispose();
    for (const loader of this.#held) await loader.dispose();
  }

  #digestFiles(): Promise<(string | null)[]> {
    // A table in memory has a name where others have a path, and a file may happen to be called so.
    const digestOf = async ({ format, path }: TableSource) => (format === "memory" ? null : digestFile(path));
    return Promise.all([this.#files.main, ...this.#heldSources].map(digestOf));
  }

  async #checkDigests(before: (string | null)[] | null): Promise<void> {
    if (before === null) return;
    this.#digests = await this.#digestFiles();
    const now = this.#digests;
    const { test, evaluations = [] } = this.#files;
    const names = ["data", ...(test === null ? [] : ["test"]), ...evaluations.map(({ name }) => `eval ${name}`)];
    const changed = names.filter((_, i) => before[i] !== now[i]);
    if (changed.length > 0)
      throw refuseResume(changed.map((name) => `${name}: the content of the file is another than before`));
  }

  #plan(): Mode {
    const { rows } = this.#description;
    return planMemory({
      description: this.#description,
      columns: this.#columns,
      kinds: this.#kinds(),
      ...(rows === undefined ? {} : { rows: this.#rowsUsed(rows) }),
      maxMemory: memoryLimit(this.#settings),
      need: this.#need,
    }).mode;
  }

  #rowsUsed(rows: number): number {
    return Math.min(atMost(this.#settings) ?? rows, sampleRowCount(sampleOf(this.#settings), rows));
  }

  #kinds(): Record<string, ColumnKind> {
    const categorical = (this.#settings.categorical as string[] | undefined) ?? [];
    return Object.fromEntries(categorical.map((name) => [name, "categorical"]));
  }

  #mainLoader(): Promise<TableLoader> {
    const rows = atMost(this.#settings);
    return createTableLoader({
      source: this.#files.main,
      mode: this.#mode!,
      columns: this.#columns,
      kinds: this.#kinds(),
      sample: {
        size: sampleOf(this.#settings),
        seed: this.#settings.seed as number,
        ...(rows === undefined ? {} : { atMost: rows }),
      },
      ...this.#limits(),
    });
  }

  async #heldLoader(source: TableSource): Promise<TableLoader> {
    const { columns } = await source.describe();
    const missing = this.#columns.find((name) => !columns.some((column) => column.name === name));
    if (missing !== undefined)
      throw missingColumn(
        source.path,
        missing,
        columns.map(({ name }) => name),
      );
    // As in the main table, whatever this one alone looks like.
    const kinds = this.#description.columns.filter(({ name }) => this.#columns.includes(name));
    const smoke = this.#settings.smokeTest === true && this.#settings.task !== "forecast";
    return createTableLoader({
      source,
      mode: this.#mode!,
      columns: this.#columns,
      kinds: { ...Object.fromEntries(kinds.map(({ name, kind }) => [name, kind])), ...this.#kinds() },
      sample: {
        size: parseSampleSize("all"),
        seed: this.#settings.seed as number,
        ...(smoke ? { atMost: SMOKE_TEST_ROWS } : {}),
      },
      ...this.#limits(),
    });
  }

  #limits(): { maxMemory?: number; threads: number } {
    const threads = typeof this.#settings.threads === "number" ? this.#settings.threads : 2;
    const { maxMemory } = this.#settings;
    return { threads, ...(typeof maxMemory === "number" ? { maxMemory } : {}) };
  }
}

/** Rows that a smoke test uses at most; undefined without one. Series are always read whole: their points are drawn later. */
function atMost(settings: ParameterValues): number | undefined {
  return typeof settings.maxRows === "number" && settings.task !== "forecast" ? settings.maxRows : undefined;
}

function sampleOf(settings: ParameterValues): SampleSize {
  return parseSampleSize(settings.task === "forecast" ? "all" : String(settings.sampleSize ?? "all"));
}
