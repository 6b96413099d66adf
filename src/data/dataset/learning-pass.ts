import { columnNamed, type FeatureTable, type LearningBatch, type Task, targetWidth } from "../../core/index.ts";
import { ROLE } from "../rows/roles.ts";
import { createTruthEncoder, weightsOf } from "../target.ts";
import { CHUNK_ROWS, openStream } from "./chunks.ts";
import { ExampleBuffer } from "./example-buffer.ts";
import { checkBatchRows } from "./memory-dataset.ts";
import type { StreamPart } from "./stream-part.ts";

const LEARNT = ["train", "validation"] as const;

/** Reads training and validation rows in one pass; while their batches are worked on, the next chunk is read. See `Dataset.learning`. */
export async function* learningPass(part: StreamPart, task: Task, batchRows: number): AsyncGenerator<LearningBatch> {
  checkBatchRows(batchRows);
  const encodeTruth = createTruthEncoder(task, part.queries);
  const sorters = LEARNT.map((role) => new RoleSorter(role, batchRows, part, targetWidth(task)));
  const reader = await openStream(part.stream);
  let ahead = reader.next();
  try {
    for (let batch = await ahead; batch !== null; batch = await ahead) {
      const { columns, firstRow } = batch;
      const rows = {
        table: part.encode(batch),
        target: encodeTruth((name) => columnNamed(columns, name)!),
        weight: part.weight === null ? null : weightsOf(columnNamed(columns, part.weight)!),
      };
      for (const sorter of sorters) sorter.take(rows, firstRow);
      ahead = reader.next();
      // Its error belongs to the next turn.
      ahead.catch(() => {});
      for (const sorter of sorters) yield* sorter.full();
    }
    for (const sorter of sorters) yield* sorter.last();
  } finally {
    await ahead.catch(() => {});
    await reader.close();
  }
}

interface ReadRows {
  readonly table: FeatureTable;
  readonly target: Float64Array;
  readonly weight: Float32Array | null;
}

/** Gathers the rows of one role into batches, which lie in turn in as many places as a chunk can fill. */
class RoleSorter {
  readonly #role: LearningBatch["role"];
  readonly #batchRows: number;
  readonly #part: StreamPart;
  readonly #targetWidth: number;
  readonly #rooms: (ExampleBuffer | undefined)[];
  readonly #places: Uint32Array;
  #room = 0;
  #filled = 0;
  #ready: ExampleBuffer[] = [];

  constructor(role: LearningBatch["role"], batchRows: number, part: StreamPart, width: number) {
    const chunkRows = part.stream.chunkRows ?? CHUNK_ROWS;
    this.#role = role;
    this.#batchRows = batchRows;
    this.#part = part;
    this.#targetWidth = width;
    this.#rooms = Array.from({ length: Math.ceil(chunkRows / batchRows) + 1 });
    this.#places = new Uint32Array(chunkRows);
  }

  /** Copies the rows of the role. */
  take(rows: ReadRows, firstRow: number): void {
    const { roles } = this.#part;
    const wanted = ROLE[this.#role];
    let count = 0;
    for (let i = 0; i < rows.table.rows; i++) if (roles[firstRow + i] === wanted) this.#places[count++] = i;
    for (let at = 0; at < count; ) {
      const until = Math.min(count, at + this.#batchRows - this.#filled);
      this.#roomLike(rows).append(rows, this.#places, at, until);
      this.#filled += until - at;
      at = until;
      if (this.#filled === this.#batchRows) this.#close();
    }
  }

  #roomLike({ table, weight }: ReadRows): ExampleBuffer {
    this.#rooms[this.#room] ??= new ExampleBuffer({
      like: table,
      capacity: this.#batchRows,
      weighted: weight !== null,
      targetWidth: this.#targetWidth,
    });
    const room = this.#rooms[this.#room]!;
    if (this.#filled === 0) room.clear();
    return room;
  }

  #close(): void {
    this.#ready.push(this.#rooms[this.#room]!);
    this.#room = (this.#room + 1) % this.#rooms.length;
    this.#filled = 0;
  }

  *full(): Generator<LearningBatch> {
    const ready = this.#ready;
    this.#ready = [];
    for (const room of ready) yield { role: this.#role, examples: room.examples() };
  }

  /** The rows that fill no batch. */
  *last(): Generator<LearningBatch> {
    if (this.#filled > 0) this.#close();
    yield* this.full();
  }
}
