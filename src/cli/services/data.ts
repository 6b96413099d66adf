import type { SchemaRow } from "../../reports/index.ts";
import type { Watch } from "./training.ts";

export interface TableDescription {
  readonly format: string;
  readonly rows: number | null;
  readonly bytes: number;
  readonly columns: readonly SchemaRow[];
}

export interface GenerateRequest {
  readonly recipe?: string;
  readonly out: string;
  readonly rows?: number;
  readonly seed?: number;
}

export interface DataService {
  /** Endings of the files that can be read, with their dot. */
  readonly extensions: readonly string[];
  /** Columns and size. With `statistics`, reads the rows too (at most `rows` of them). */
  describe(path: string, options: { readonly statistics: boolean; readonly rows?: number }): Promise<TableDescription>;
  /** Hash of a file's content; null where there is none. */
  digest(path: string): Promise<string | null>;
  /** Makes a synthetic table. The target is the column to learn. */
  generate(
    request: GenerateRequest,
    watch: Watch,
  ): Promise<{ path: string; rows: number; sha256: string; target: string }>;
}
