import { basename, dirname, join } from "node:path";
import { fromBytes, hashJson, type JsonObject, sha256, toBytes } from "../core/index.ts";
import { ensureFolder, nodeFileSystem, readFileCapped, removeFolder, writeFileAtomic } from "../storage/index.ts";

/** Raised when an older log must not be gone on with. */
const LOG_VERSION = 1;
/** Work that a kill may cost; what takes less is never written. */
const COMMIT_MS = 1000;
const MAX_SEGMENT_BYTES = 2 ** 31;

/** The predictions of a file so far, kept beside the output, so that the same command goes on after a kill. */
export interface PredictionLog {
  /** Rows that an earlier process committed. */
  readonly rows: number;
  /** Predictions of consecutive rows that an earlier process committed; undefined where they must be made. */
  read(firstRow: number, count: number): Promise<Float64Array | undefined>;
  /** Takes predictions in the order of the rows; commits about once a second. */
  add(firstRow: number, predictions: Float64Array): Promise<void>;
  /** Commits what is not yet: the work stops here. */
  flush(): Promise<void>;
  /** Removes the log, and those of other models or tables for the same output: it is complete. */
  finish(): Promise<void>;
}

/** Consecutive predictions in a file that carries its own hash in its name. */
interface Segment {
  readonly name: string;
  readonly firstRow: number;
  readonly rows: number;
  readonly sha256: string;
}

export interface PredictionLogOptions {
  /** The file that is being written. */
  readonly out: string;
  /** Everything that decides the predictions, such as the hashes of model and table: another plan is another log. */
  readonly plan: JsonObject;
  /** Numbers a row. */
  readonly outputs: number;
  /** Milliseconds between two commits. Default 1000. */
  readonly commitMs?: number;
}

/** Opens the log of an output. Segments that are not as they were written are as if they were not there. */
export async function openPredictionLog(options: PredictionLogOptions): Promise<PredictionLog> {
  const { out, plan, outputs, commitMs = COMMIT_MS } = options;
  const prefix = `.${basename(out)}.`;
  const folder = join(
    dirname(out),
    `${prefix}${hashJson({ version: LOG_VERSION, outputs, plan }).slice(0, 16)}.predicted`,
  );
  const segments = await readSegments(folder);
  let loaded: { readonly segment: Segment; readonly values: Float64Array } | undefined;
  let pending: Float64Array[] = [];
  let pendingFrom = 0;
  let committedAt = performance.now();
  const load = async (segment: Segment): Promise<Float64Array | undefined> => {
    if (loaded?.segment !== segment) {
      const bytes = await readFileCapped(join(folder, segment.name), MAX_SEGMENT_BYTES).catch(() => undefined);
      if (bytes?.byteLength !== segment.rows * outputs * 8 || sha256(bytes) !== segment.sha256) return undefined;
      loaded = { segment, values: fromBytes("float64", bytes) as Float64Array };
    }
    return loaded.values;
  };
  const commit = async (): Promise<void> => {
    committedAt = performance.now();
    if (pending.length === 0) return;
    const values = joined(pending);
    pending = [];
    await ensureFolder(folder);
    const bytes = toBytes(values);
    await writeFileAtomic(join(folder, `${pendingFrom}-${values.length / outputs}-${sha256(bytes)}.bin`), bytes);
  };
  return {
    rows: segments.reduce((sum, { rows }) => sum + rows, 0),
    async read(firstRow, count) {
      const segment = segments.find((one) => one.firstRow <= firstRow && firstRow + count <= one.firstRow + one.rows);
      const values = segment === undefined ? undefined : await load(segment);
      const from = segment === undefined ? 0 : (firstRow - segment.firstRow) * outputs;
      return values?.slice(from, from + count * outputs);
    },
    async add(firstRow, predictions) {
      if (pending.length === 0) pendingFrom = firstRow;
      pending.push(predictions);
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
