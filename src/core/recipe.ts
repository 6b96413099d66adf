import type { JsonObject } from "./json.ts";
import type { ParameterValues } from "./parameters.ts";
import type { TaskKind } from "./task.ts";

/** What to learn, declared: the engine does the rest. */
export interface Recipe {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly task: TaskKind;
  readonly target: string;
  /** Algorithms by name, in the order of the leaderboard's ties. */
  readonly algorithms: readonly string[];
  /** Settings that differ from the engine's defaults; flags still win. */
  readonly settings: ParameterValues;
  /** Columns that are never features (identifiers, the noise-free score). */
  readonly ignore: readonly string[];
  /** Makes the recipe's synthetic table; absent where the recipe needs the user's data. */
  readonly generate?: (options: GenerateOptions) => Promise<GeneratedTable>;
  /** Facts that every report of this recipe shows, such as the best possible error. */
  readonly facts: JsonObject;
}

export interface GenerateOptions {
  /** File to write; complete under this name or not there at all. */
  readonly path: string;
  readonly rows?: number;
  readonly seed?: number;
  readonly onProgress?: (rowsDone: number, rowsTotal: number) => void;
  /** Stops generation between blocks; nothing is left under the file's name. */
  readonly signal?: AbortSignal;
}

export interface GeneratedTable {
  readonly path: string;
  readonly rows: number;
  /** False where the file was already there, whole and the same. */
  readonly generated: boolean;
}
