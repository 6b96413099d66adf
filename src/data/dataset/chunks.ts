import type { ColumnKind, JsonObject, TableSource } from "../../core/index.ts";
import { canonicalJson } from "../../core/index.ts";

/** Rows of a streamed chunk. A window of a shuffled pass holds several. */
export const CHUNK_ROWS = 16_384;

/** How a source is opened for streaming; positions of chunks are valid under the same options only. */
export interface StreamSource {
  readonly source: TableSource;
  readonly columns: readonly string[];
  readonly kinds: Readonly<Record<string, ColumnKind>>;
  readonly threads: number;
  /** Default `CHUNK_ROWS`. */
  readonly chunkRows?: number;
}

/** A batch of the reader and where it starts. Plain data. */
export interface Chunk {
  readonly firstRow: number;
  readonly rows: number;
  readonly position: JsonObject;
}

export function openStream({ source, columns, kinds, threads, chunkRows = CHUNK_ROWS }: StreamSource) {
  const own = Object.fromEntries(Object.entries(kinds).filter(([name]) => columns.includes(name)));
  return source.open({ columns, kinds: own, threads, batchRows: chunkRows });
}

/** Reads a source once and notes its chunks. */
export async function scanChunks(stream: StreamSource): Promise<Chunk[]> {
  const reader = await openStream(stream);
  try {
    const chunks: Chunk[] = [];
    for (;;) {
      const position = reader.position();
      const batch = await reader.next();
      if (batch === null) return chunks;
      chunks.push({ firstRow: batch.firstRow, rows: batch.rows, position });
    }
  } finally {
    await reader.close();
  }
}

/** Chunks read one after the other where a position says nothing of the cost of a seek. */
const RUN_CHUNKS = 4;

/**
 * Runs of chunks that are read one after the other in a shuffled pass, because a seek between them would read something
 * twice: chunks whose positions differ in the row only (they lie in one block of a text file). Where a position is nothing
 * but a row (Parquet: a seek reads one page of every column again), four at a time.
 */
export function segmentsOf(chunks: readonly Chunk[]): number[][] {
  const segments: number[][] = [];
  let last: string | undefined;
  chunks.forEach(({ position }, i) => {
    const { row: _, ...place } = position;
    const text = canonicalJson(place);
    const joins = text === "{}" ? i % RUN_CHUNKS !== 0 : text === last;
    if (joins) segments.at(-1)!.push(i);
    else segments.push([i]);
    last = text;
  });
  return segments;
}
