import { availableParallelism } from "node:os";
import type { ColumnSchema } from "../../core/columns.ts";
import { KaaykoError } from "../../core/errors.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Resumable, State, StepReport } from "../../core/resumable.ts";
import { builtUrl, createWorkerPool, type WorkerPool } from "../../parallel/index.ts";
import { openPartialFile, type PartialFile, removePartialFile } from "../../storage/index.ts";
import { encodeFooter, MAGIC, type WrittenGroup } from "../formats/parquet/index.ts";
import type { DrawTask } from "./draw-worker.ts";

/** Rows of a row group: what is drawn, encoded and written in one step. */
export const GROUP_ROWS = 65_536;

/** A table that is drawn, row group by row group. */
export interface GeneratedTableSpec {
  /** Parquet file to write; complete under this name or not there at all. */
  readonly path: string;
  readonly schema: readonly ColumnSchema[];
  readonly rows: number;
  /** Built file that exports `drawGroup` (see `GroupDrawer`): `builtUrl(import.meta.url, "./draw-group.js")`. */
  readonly module: URL;
  /** What `drawGroup` is given, such as a seed. */
  readonly configuration: JsonObject;
  /** Threads that draw. Default those of the machine, at most 8. The bytes are the same for any number. */
  readonly threads?: number;
}

/** What of the partial file belongs to a state. */
interface Kept {
  readonly bytes: number;
  readonly sha256: string;
}

interface EncodedGroup {
  readonly bytes: Uint8Array;
  readonly group: WrittenGroup;
}

/**
 * Writes a drawn table as Parquet. A step is a row group; memory does not grow with the rows. What was written stays in a partial file
 * beside the path, so that another process can go on: the finished file has the same bytes.
 */
export class TableGenerator implements Resumable {
  readonly version = 1;
  readonly #spec: GeneratedTableSpec;
  readonly #groups: number;
  readonly #threads: number;
  #written: WrittenGroup[] = [];
  #file: PartialFile | null = null;
  #kept: Kept | null = null;
  #pool: WorkerPool | null = null;
  /** Groups that are being drawn, the next one first. */
  #ahead: Promise<EncodedGroup>[] = [];
  #sha256: string | null = null;

  constructor(spec: GeneratedTableSpec) {
    this.#spec = spec;
    this.#groups = Math.ceil(spec.rows / GROUP_ROWS);
    this.#threads = Math.max(1, Math.min(spec.threads ?? Math.min(8, availableParallelism()), this.#groups));
  }

  get rowsDone(): number {
    return this.#written.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** Of the finished file, in hexadecimal. */
  get sha256(): string {
    if (this.#sha256 === null) throw new KaaykoError({ action: "name the hash", rule: "the file must be finished" });
    return this.#sha256;
  }

  async step(): Promise<StepReport> {
    const file = await this.#open();
    if (this.#written.length < this.#groups) {
      this.#drawAhead();
      const { bytes, group } = await this.#ahead.shift()!;
      // The next one is drawn while this one is written.
      this.#drawAhead(1);
      await file.write(bytes);
      this.#written.push(group);
    }
    const done = this.#written.length === this.#groups;
    if (done) await this.#finish(file);
    return { done, step: this.#written.length, total: this.#groups, unit: "row group" };
  }

  /** Asked after a sync, the file holds what the state says, whatever happens to the machine. */
  async getState(): Promise<State> {
    const file = this.#file;
    if (this.#sha256 === null) await file?.sync();
    const kept = file === null || this.#sha256 !== null ? this.#kept : { bytes: file.bytes, sha256: file.sha256() };
    const json = { kept, written: this.#written };
    return { json: JSON.parse(JSON.stringify(json)) as JsonObject, arrays: {} };
  }

  setState({ json }: State): void {
    const { kept, written } = json as unknown as { kept: Kept | null; written: WrittenGroup[] };
    const whole =
      Array.isArray(written) &&
      written.length <= this.#groups &&
      written.every(({ rows, chunks }, g) => rows === this.#rowsOf(g) && chunks?.length === this.#spec.schema.length);
    if (!whole) throw new KaaykoError({ action: "go on generating", rule: "its state must be whole", kind: "damaged" });
    this.#kept = kept;
    this.#written = [...written];
  }

  /** Stops the threads; what was written stays. */
  async dispose(): Promise<void> {
    await this.#pool?.close();
    this.#pool = null;
    this.#ahead = [];
    if (this.#sha256 === null) await this.#file?.close();
    this.#file = null;
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    await this.dispose();
    await removePartialFile(this.#spec.path);
  }

  async #open(): Promise<PartialFile> {
    if (this.#file !== null) return this.#file;
    const file = await openPartialFile(this.#spec.path, this.#kept);
    // The partial file is not what the state says: from the start again.
    if (file.bytes === 0) {
      this.#written = [];
      await file.write(MAGIC);
    }
    this.#file = file;
    return file;
  }

  #drawAhead(spare = 0): void {
    this.#pool ??= createWorkerPool({ url: builtUrl(import.meta.url, "./draw-worker.js"), size: this.#threads });
    const { module, configuration } = this.#spec;
    for (;;) {
      const group = this.#written.length + this.#ahead.length + spare;
      if (group >= this.#groups || this.#ahead.length > this.#threads) return;
      const task: DrawTask = { module: module.href, configuration, group, rows: this.#rowsOf(group) };
      const drawn = this.#pool.run<EncodedGroup>("drawEncoded", task);
      // Whoever waits for it hears of a failure.
      drawn.catch(() => {});
      this.#ahead.push(drawn);
    }
  }

  #rowsOf(group: number): number {
    return Math.min(GROUP_ROWS, this.#spec.rows - group * GROUP_ROWS);
  }

  async #finish(file: PartialFile): Promise<void> {
    await file.write(encodeFooter(this.#spec.schema, this.#written));
    this.#sha256 = file.sha256();
    await file.publish();
    await this.#pool?.close();
    this.#pool = null;
  }
}
