import { basename, dirname, join } from "node:path";
import { fromBytes, hashJson, type JsonObject, sha256, toBytes } from "../core/index.ts";
import { ensureFolder, nodeFileSystem, readFileCapped, removeFolder, writeFileAtomic } from "../storage/index.ts";

/** Raised when an older log must not be gone on with. */
const LOG_VERSION = 1;
/** Work that a kill may cost; what takes less is never written. */
const COMMIT_MS = 1000;
const MAX_SEGMENT_BYTES = 2 ** 31;

/** What was predicted of a file so far, kept beside the output, so that the same command goes on after a kill. */
export interface RowLog<T> {
  /** Rows that an earlier process committed. */
  readonly rows: number;
  /** What was noted of consecutive rows by an earlier process; undefined where it must be made. */
  read(firstRow: number, count: number): Promise<T | undefined>;
  /** Takes what was predicted, in the order of the rows; commits about once a second. */
  add(firstRow: number, predicted: T): Promise<void>;
  /** Commits what is not yet: the work stops here. */
  flush(): Promise<void>;
  /** Removes the log, and those of other models or tables for the same output: it is complete. */
  finish(): Promise<void>;
}

/** Predictions as numbers. */
export type PredictionLog = RowLog<Float64Array>;

/** What of rows is kept as bytes. */
export interface RowForm<T> {
  /** Tells this form from others. */
  readonly plan: JsonObject;
  rowsOf(part: T): number;
  join(parts: readonly T[]): T;
  toBytes(whole: T): Uint8Array;
  /** Undefined where it is not so many rows. */
  fromBytes(bytes: Uint8Array, rows: number): T | undefined;
  slice(whole: T, first: number, count: number): T;
}

/** Consecutive predictions in a file that carries its own hash in its name. */
interface Segment {
  readonly name: string;
  readonly firstRow: number;
  readonly rows: number;
  readonly sha256: string;
}

export interface RowLogOptions {
  /** The file that is being written. */
  readonly out: string;
  /** Everything that decides the predictions, such as the hashes of model and table: another plan is another log. */
  readonly plan: JsonObject;
  /** Milliseconds between two commits. Default 1000. */
  readonly commitMs?: number;
}

export interface PredictionLogOptions extends RowLogOptions {
  /** Numbers a row. */
  readonly outputs: number;
}

/** Opens the log of an output of numbers. Segments that are not as they were written are as if they were not there. */
export function openPredictionLog({ outputs, ...options }: PredictionLogOptions): Promise<PredictionLog> {
  return openRowLog<Float64Array>(options, {
    plan: { outputs },
    rowsOf: (part) => part.length / outputs,
    join: joined,
    toBytes,
    fromBytes: (bytes, rows) =>
      bytes.byteLength === rows * outputs * 8 ? (fromBytes("float64", bytes) as Float64Array) : undefined,
    slice: (whole, first, count) => whole.slice(first * outputs, (first + count) * outputs),
  });
}

/** Opens the log of an output whose rows are kept in a form of their own; as `openPredictionLog`. */
export async function openRowLog<T>(options: RowLogOptions, form: RowForm<T>): Promise<RowLog<T>> {
  const { out, plan, commitMs = COMMIT_MS } = options;
  const prefix = `.${basename(out)}.`;
  const folder = join(
    dirname(out),
    `${prefix}${hashJson({ version: LOG_VERSION, ...form.plan, plan }).slice(0, 16)}.predicted`,
  );
  const segments = await readSegments(folder);
  let loaded: { readonly segment: Segment; readonly whole: T } | undefined;
  let pending: T[] = [];
  let pendingFrom = 0;
  let committedAt = performance.now();
  const load = async (segment: Segment): Promise<T | undefined> => {
    if (loaded?.segment === segment) return loaded.whole;
    const bytes = await readFileCapped(join(folder, segment.name), MAX_SEGMENT_BYTES).catch(() => undefined);
    const whole =
      bytes === undefined || sha256(bytes) !== segment.sha256 ? undefined : form.fromBytes(bytes, segment.rows);
    if (whole !== undefined) loaded = { segment, whole };
    return whole;
  };
  const commit = async (): Promise<void> => {
    committedAt = performance.now();
    if (pending.length === 0) return;
    const whole = form.join(pending);
    pending = [];
    await ensureFolder(folder);
    const bytes = form.toBytes(whole);
    await writeFileAtomic(join(folder, `${pendingFrom}-${form.rowsOf(whole)}-${sha256(bytes)}.bin`), bytes);
  };
  return {
    rows: segments.reduce((sum, { rows }) => sum + rows, 0),
    async read(firstRow, count) {
      const segment = segments.find((one) => one.firstRow <= firstRow && firstRow + count <= one.firstRow + one.rows);
      const whole = segment === undefined ? undefined : await load(segment);
      return whole === undefined ? undefined : form.slice(whole, firstRow - segment!.firstRow, count);
    },
    async add(firstRow, predicted) {
      if (pending.length === 0) pendingFrom = firstRow;
      pending.push(predicted);
      if (performance.now() - committedAt >= commitMs) await commit();
    },
    flush: commit,
    async finish() {
      const names = await nodeFileSystem.list(dirname(out));
      for (const { name } of names)
        if (name.startsWith(prefix) && /^[0-9a-f]{16}\.predicted$/.test(name.slice(prefix.length)))
          await removeFolder(join(dirname(out), name));
    },
  };
}

async function readSegments(folder: string): Promise<Segment[]> {
  const entries = await nodeFileSystem.list(folder).catch(() => []);
  return entries.flatMap(({ name }) => {
    const match = /^(\d{1,15})-([1-9]\d{0,14})-([0-9a-f]{64})\.bin$/.exec(name);
    return match === null ? [] : [{ name, firstRow: Number(match[1]), rows: Number(match[2]), sha256: match[3]! }];
  });
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const values = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return values;
}
