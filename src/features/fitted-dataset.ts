import { columnNamed, type EvaluationSet, type FeatureTable, KaaykoError, type Task } from "../core/index.ts";
import {
  createMemoryDataset,
  createStreamedDataset,
  createTruthEncoder,
  type LoadedTable,
  type MemoryPart,
  numberQueries,
  type QueryNumbers,
  ROLE,
  type RoledDataset,
  readLabels,
  type StreamPart,
  type StreamSource,
  scanChunks,
  truthColumns,
  weightsOf,
} from "../data/index.ts";
import { createFeatureEncoder, encodeFeatures } from "./encode.ts";
import type { FittedFeatures } from "./fit-request.ts";
import { partsOf } from "./pipeline.ts";
import type { UserFeatures } from "./user-features.ts";

export interface FittedDatasetRequest {
  readonly loaded: LoadedTable;
  readonly fitted: FittedFeatures;
  readonly task: Task;
  /** `ROLE` by place. */
  readonly roles: Uint8Array;
  readonly weight?: string | null;
  readonly user?: UserFeatures | null;
  /** A held-out table, loaded with the training table's kinds; its rows with a target are the test rows. */
  readonly test?: LoadedTable;
  /** Tables that are measured after each round, loaded as `test`. Default none. */
  readonly evaluations?: readonly { readonly name: string; readonly loaded: LoadedTable }[];
  /** Bytes that an algorithm may keep of streamed rows; see `Dataset`. */
  readonly maxMemory?: number;
}

/** Puts loaded table, fitted features, target and roles together into what algorithms learn from. */
export async function createFittedDataset(request: FittedDatasetRequest): Promise<RoledDataset> {
  const { loaded, fitted, task, roles, test } = request;
  const { features } = fitted.pipeline;
  const made = partsOf(fitted.pipeline);
  const parts = made.length === 0 ? {} : { parts: made };
  const evaluations = await Promise.all((request.evaluations ?? []).map((set) => evaluationSet(request, set)));
  const shared = { task, features, ...parts, evaluations };
  if (fitted.table !== null) {
    const main = { ...(await memoryPart(request, loaded, fitted.table)), roles };
    if (test === undefined) return createMemoryDataset({ ...shared, main });
    const table = encodeFeatures(fitted.pipeline, await inMemory(test), { user: request.user ?? null, shared: true });
    const held = await memoryPart(request, test, table);
    return createMemoryDataset({ ...shared, main, test: { ...held, roles: await testRoles(test, task) } });
  }
  const { source, chunks, target, sample } = fitted.stream!;
  const { weight = null } = request;
  if (weight !== null && !source.columns.includes(weight))
    throw new KaaykoError({ action: `weight rows by ${weight}`, rule: "the features must have been fitted with it" });
  const main: StreamPart = { ...streamPart(request, source, roles), chunks, ...(await queriesOf(loaded, task)) };
  const known = {
    ...(request.maxMemory === undefined ? {} : { maxMemory: request.maxMemory }),
    ...(sample === null ? {} : { sample }),
  };
  if (test === undefined) return createStreamedDataset({ ...shared, ...known, target, main });
  const testSource = { ...source, source: test.source, kinds: test.options.kinds, threads: test.options.threads };
  const held = streamPart(request, testSource, await testRoles(test, task));
  return createStreamedDataset({
    ...shared,
    ...known,
    target,
    main,
    test: { ...held, chunks: await scanChunks(testSource), ...(await queriesOf(test, task)) },
  });
}

/** The queries of a ranking, numbered in the order of the rows, as in memory. */
async function queriesOf(loaded: LoadedTable, { kind, group }: Task): Promise<{ queries?: QueryNumbers }> {
  if (kind !== "ranking") return {};
  const queries: QueryNumbers = new Map();
  await loaded.scanColumn(group!, (column) => numberQueries(column, queries));
  return { queries };
}

/** The rows of a table that have a target, in memory. */
async function evaluationSet(
  request: FittedDatasetRequest,
  { name, loaded }: { readonly name: string; readonly loaded: LoadedTable },
): Promise<EvaluationSet> {
  const { fitted, user = null, task } = request;
  const table = encodeFeatures(fitted.pipeline, await inMemory(loaded), { user, shared: true });
  const labelled = await memoryPart(request, loaded, table);
  const roles = await testRoles(loaded, task);
  const rows = Uint32Array.from(roles.keys()).filter((row) => roles[row] === ROLE.test);
  return { name, rows: rows.length, examples: async () => ({ ...labelled, rows }) };
}

async function memoryPart(
  { task, weight }: FittedDatasetRequest,
  loaded: LoadedTable,
  table: FeatureTable,
): Promise<Omit<MemoryPart, "roles">> {
  const columns = await loaded.readColumns([...truthColumns(task)]);
  const target = createTruthEncoder(task)((name) => columnNamed(columns, name)!);
  const weights = weight === null || weight === undefined ? null : weightsOf((await loaded.readColumns([weight]))[0]!);
  return { table, target, weight: weights };
}

function streamPart(
  request: FittedDatasetRequest,
  stream: StreamSource,
  roles: Uint8Array,
): Omit<StreamPart, "chunks"> {
  const encoder = createFeatureEncoder(request.fitted.pipeline, { user: request.user ?? null });
  return { stream, encode: (batch) => encoder.encode(batch), weight: request.weight ?? null, roles };
}

async function inMemory(loaded: LoadedTable) {
  if (loaded.table !== null) return loaded.table;
  return { rows: loaded.places, columns: await loaded.readColumns(loaded.options.columns) };
}

/** Roles of a held-out table: test where there is a target. */
async function testRoles(test: LoadedTable, task: Task): Promise<Uint8Array> {
  const { usable } = await readLabels(test, task);
  const roles = usable.map((use) => (use === 1 ? ROLE.test : ROLE.unused));
  if (roles.includes(ROLE.test)) return roles;
  throw new KaaykoError({
    action: "use the test table",
    rule: "it must have rows with a target",
    got: "none",
    kind: "input",
  });
}
