import type { Batch, FeatureTable } from "../../core/index.ts";
import type { QueryNumbers } from "../target.ts";
import type { Chunk, StreamSource } from "./chunks.ts";

/** Labelled rows of a file with their roles, by row of the file. */
export interface StreamPart {
  /** Columns must be those that `encode` needs, the target, and the weight. */
  readonly stream: StreamSource;
  /** Of the same stream, from `scanChunks` or the feature fitter. */
  readonly chunks: readonly Chunk[];
  readonly encode: (batch: Batch) => FeatureTable;
  readonly weight: string | null;
  readonly roles: Uint8Array;
  /** For rankings, of all rows: passes may begin anywhere and must number queries alike. Default none. */
  readonly queries?: QueryNumbers;
}
