import type { Batch } from "./columns.ts";
import type { JsonObject } from "./json.ts";
import type { ParameterValues } from "./parameters.ts";
import type { Rules } from "./rules.ts";
import type { TableSource } from "./source.ts";
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
  /**
   * Settings of algorithms, by name, that suit so many training rows better than the defaults; what a user sets wins. Absent where the
   * defaults do.
   */
  readonly algorithmSettings?: (trainingRows: number) => Readonly<Record<string, ParameterValues>>;
  /** Columns that are never features (identifiers, the noise-free score). */
  readonly ignore: readonly string[];
  /** Reads files of another shape, such as a data set as it was published, as the recipe's table; any other source as it is. */
  readonly adapt?: (source: TableSource) => Promise<TableSource>;
  /**
   * The table with columns that the recipe makes from others, for training: the source says how (`derivation`), and models keep it, so
   * that they are given the table's own columns.
   */
  readonly derive?: (source: TableSource) => TableSource;
  /** Makes the recipe's synthetic table; absent where the recipe needs the user's data. */
  readonly generate?: (options: GenerateOptions) => Promise<GeneratedTable>;
  /** Facts that every report of this recipe shows, such as the size of the noise. */
  readonly facts: JsonObject;
  /** What protects predictions; travels in the model. Absent where there is nothing to protect. */
  readonly rules?: Rules;
  /** The truth behind a synthetic target; absent where nobody knows it. */
  readonly truth?: Truth;
  /** Places that no training row comes from; absent where there are none. */
  readonly locations?: HeldOutLocations;
}

/** What a synthetic target is made of, so that a report can say how near a model comes to the best possible. */
export interface Truth {
  /** For a person: "the expert's rule without its noise". */
  readonly title: string;
  /**
   * The target without noise of some raw rows, and how far noise can carry it either way. Rows whose target lies further off are
   * of another origin, and nothing is then said about the best possible error.
   */
  expect(batch: Batch): { readonly expected: Float64Array; readonly reach: Float64Array };
}

/** Named places with rows of their own, by which every algorithm is judged. */
export interface HeldOutLocations {
  readonly places: readonly HeldOutLocation[];
  readonly rowsPerPlace: number;
  /** The rows of a place with the target: the same for the same seed. */
  draw(place: number, rows: number, seed: number): Batch;
}

export interface HeldOutLocation {
  readonly name: string;
  readonly country: string;
  readonly continent: string;
  /** Degrees, north and east. */
  readonly latitude: number;
  readonly longitude: number;
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
