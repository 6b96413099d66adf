import {
  type Dataset,
  type ExampleStream,
  type Examples,
  type JsonObject,
  KaaykoError,
  rowHash,
  type State,
  streamKey,
} from "../../core/index.ts";
import type { RowEncoder } from "./row-encoder.ts";

/** Rows that are read in one step. */
const STEP_ROWS = 65_536;
/** Rows that are drawn at most. */
export const SAMPLED_ROWS = 4096;

/** Training rows drawn by the seed, encoded, with their targets: one pass, in memory that does not grow with the rows. */
export class RowSample {
  readonly #dataset: Dataset;
  readonly #encoder: RowEncoder;
  readonly #key: readonly [number, number];
  /** A row is drawn where its hash is under this. */
  readonly #threshold: number;
  readonly #x: Float32Array;
  readonly #target: Float64Array;
  #drawn = 0;
  #seen = 0;
  #position: JsonObject | null = null;
  #stream: ExampleStream | null = null;

  constructor(dataset: Dataset, encoder: RowEncoder, seed: number) {
    this.#dataset = dataset;
    this.#encoder = encoder;
    this.#key = streamKey(seed, "svm", "sample");
    const { train } = dataset.rows;
    this.#threshold = train <= SAMPLED_ROWS ? 2 ** 32 : (2 ** 32 * SAMPLED_ROWS) / train;
    const room = Math.min(train, SAMPLED_ROWS);
    this.#x = new Float32Array(room * encoder.width);
    this.#target = new Float64Array(room);
  }

  /** Steps in all. */
  get steps(): number {
    return Math.max(1, Math.ceil(this.#dataset.rows.train / STEP_ROWS));
  }

  get rows(): number {
    return this.#drawn;
  }

  /** rows × width. */
  get x(): Float32Array {
    return this.#x.subarray(0, this.#drawn * this.#encoder.width);
  }

  get target(): Float64Array {
    return this.#target.subarray(0, this.#drawn);
  }

  /** Reads the next rows; true after the last. */
  async step(): Promise<boolean> {
    this.#stream ??= await this.#open();
    const examples = await this.#stream.next();
    if (examples !== null) this.#draw(examples);
    const done = examples === null || this.#seen >= this.#dataset.rows.train;
    if (done) await this.close();
    return done;
  }

  async #open(): Promise<ExampleStream> {
    const stream = await this.#dataset.stream("train", { batchRows: STEP_ROWS, shuffle: null });
    if (this.#position !== null) await stream.seek(this.#position);
    return stream;
  }

  #draw({ table, rows, target }: Examples): void {
    const count = rows === null ? table.rows : rows.length;
    const room = this.#target.length - this.#drawn;
    const drawn: number[] = [];
    for (let i = 0; i < count && drawn.length < room; i++)
      if (rowHash(this.#key, this.#seen + i) < this.#threshold) drawn.push(rows === null ? i : rows[i]!);
    this.#encoder.encode(table, Uint32Array.from(drawn), this.#x.subarray(this.#drawn * this.#encoder.width));
    for (const row of drawn) this.#target[this.#drawn++] = target[row]!;
    this.#seen += count;
    this.#position = this.#stream!.position();
  }

  getState(): State {
    return {
      json: { seen: this.#seen, position: this.#position },
      arrays: { x: this.x, target: this.target },
      appendOnly: ["x", "target"],
    };
  }

  setState({ json, arrays }: State): void {
    const { x, target } = arrays;
    const fits =
      typeof json.seen === "number" &&
      x instanceof Float32Array &&
      target instanceof Float64Array &&
      target.length <= this.#target.length &&
      x.length === target.length * this.#encoder.width;
    if (!fits)
      throw new KaaykoError({ action: "resume the svm", rule: "its sample of rows must be whole", kind: "damaged" });
    this.#x.set(x);
    this.#target.set(target);
    this.#drawn = target.length;
    this.#seen = json.seen as number;
    this.#position = (json.position ?? null) as JsonObject | null;
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = null;
    await stream?.close();
  }
}
