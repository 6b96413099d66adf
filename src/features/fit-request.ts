import {
  type ColumnKind,
  type FeatureSpec,
  type FeatureTable,
  KaaykoError,
  type PartSpec,
  type Resumable,
  type TargetSummary,
  type Task,
  type TrainingSample,
} from "../core/index.ts";
import { type Chunk, type ColumnDecision, type LoadedTable, missingColumn, type StreamSource } from "../data/index.ts";
import { createColumnFits } from "./column-fit.ts";
import type { ColumnFit, FittedColumn } from "./fitted-column.ts";
import { type Encoder, type FeaturePipeline, PIPELINE_VERSION, partsOf, type UserExport } from "./pipeline.ts";
import type { UserFeatures } from "./user-features.ts";
import { UserFit } from "./user-fit.ts";

export interface FitRequest {
  readonly loaded: LoadedTable;
  readonly decisions: readonly ColumnDecision[];
  /** `ROLE` by place: only training rows are looked at. */
  readonly roles: Uint8Array;
  readonly task: Task;
  readonly weight?: string | null;
  readonly user?: UserFeatures | null;
  /** Kinds of parts that an algorithm of the run learns from. Default none. */
  readonly parts?: readonly PartSpec["kind"][];
  /** A pipeline that stays as it is, whatever the rows say. Default none. */
  readonly kept?: FeaturePipeline | null;
  /** Draws the rows that a user's `fit` sees where the data is streamed. */
  readonly seed: number;
}

/** The features stage: a column a step in memory, a chunk of the file a step where it is streamed. */
export interface FeatureFitter extends Resumable {
  /** What was fitted; allowed after the step that reported `done`, and on a fresh object with the state of a finished one. */
  product(): Promise<FittedFeatures>;
  /** Closes the file. Safe to call twice. */
  dispose(): Promise<void>;
}

export interface FittedFeatures {
  readonly pipeline: FeaturePipeline;
  /** All rows of the loaded table, encoded, in shared memory; null where the data is streamed. */
  readonly table: FeatureTable | null;
  /** For a streamed dataset: how the file is read, its chunks, and the target over the training rows. */
  readonly stream: {
    readonly source: StreamSource;
    readonly chunks: readonly Chunk[];
    readonly target: TargetSummary;
    /** Null where the pass was stopped within and continued: the rows before are not kept. */
    readonly sample: TrainingSample | null;
  } | null;
  readonly notices: readonly string[];
}

/** What is to be fitted. */
export interface FitParts {
  readonly columns: readonly { readonly decision: ColumnDecision; readonly fit: ColumnFit }[];
  readonly users: readonly UserFit[];
  /** Columns to read for all of them. */
  readonly inputs: readonly string[];
}

/** @throws KaaykoError (input) where a user's feature needs a column that is not there, or the target, or takes a name */
export function fitParts(request: FitRequest): FitParts {
  const { decisions, user, loaded, task } = request;
  const chosen = decisions.filter(({ as }) => as !== null);
  const features = user?.features ?? [];
  const wanted = new Set(request.parts);
  if (chosen.length + features.length === 0)
    throw new KaaykoError({
      action: "make features",
      rule: "at least one column must be useful",
      got: someOf(decisions.map(({ name, use, reason }) => `${name}: ${reason || use}`)),
      remedy: "Add columns, or keep one that was left out with --categorical or --features.",
      kind: "input",
    });
  for (const { name, inputs } of features) {
    if (chosen.some((column) => column.name === name)) throw refused(name, "its name must not be that of a column");
    if (inputs.includes(task.target)) throw refused(name, "it may not be made from the target");
    for (const input of inputs)
      if (!loaded.options.columns.includes(input)) throw missingColumn("the table", input, loaded.options.columns);
  }
  return {
    columns: chosen.flatMap((decision) => createColumnFits(decision, wanted).map((fit) => ({ decision, fit }))),
    users: features.map((feature) => new UserFit(user!.path, feature)),
    inputs: [
      ...new Set([
        ...chosen.map(({ name }) => name),
        ...features.flatMap(({ inputs }) => inputs),
        ...keptInputs(request),
      ]),
    ],
  };
}

/** Columns that a kept pipeline reads. @throws KaaykoError (input) where one is not there, or of another kind */
function keptInputs({ kept, loaded }: FitRequest): string[] {
  return (kept?.columns ?? []).map(({ name, kind }) => {
    const column = loaded.profile.columns.find((candidate) => candidate.name === name);
    if (column === undefined) throw missingColumn("the table", name, loaded.options.columns);
    if (column.kind === kind) return name;
    throw new KaaykoError({
      action: `use column ${JSON.stringify(name)}`,
      rule: `it must be ${kind}, as for the model`,
      got: column.kind,
      remedy: kind === "categorical" ? "Use --categorical for it." : "Write it as the model's table has it.",
      kind: "input",
    });
  });
}

function someOf(columns: readonly string[]): string {
  return columns.slice(0, 10).join("; ") + (columns.length > 10 ? `; … (${columns.length} columns)` : "");
}

function refused(name: string, rule: string): KaaykoError {
  return new KaaykoError({ action: `make feature ${JSON.stringify(name)}`, rule, kind: "input", got: name });
}

/** Puts fitted columns together. */
export function assemblePipeline(
  request: FitRequest,
  columns: readonly FittedColumn[],
  users: readonly ReturnType<UserFit["finish"]>[],
): { pipeline: FeaturePipeline; notices: string[] } {
  if (request.kept) return { pipeline: request.kept, notices: [] };
  const encoders = columns.flatMap(({ encoder }) => (encoder === null ? [] : [encoder]));
  const features: FeatureSpec[] = [...columns, ...users].flatMap((part) => [...part.features]);
  const exports = users.map(({ made }) => made).filter(({ outputs }) => outputs.length > 0);
  if (features.length === 0 && partsOf({ encoders }).length === 0)
    throw new KaaykoError({
      action: "make features",
      rule: "the training rows must have values",
      got: "none",
      remedy: "Add columns that have values.",
      kind: "input",
    });
  const { user, loaded } = request;
  const infinite = loaded.profile.columns.filter(
    (column) => column.infinite > 0 && encoders.some((encoder) => encoder.column === column.name),
  );
  return {
    pipeline: {
      version: PIPELINE_VERSION,
      columns: sourceColumns(encoders, exports, loaded),
      encoders,
      features,
      user: exports.length === 0 ? null : { sha256: user!.sha256, exports },
    },
    notices: [
      ...infinite.map((column) => `${column.name}: ${column.infinite} infinite values are taken as missing.`),
      ...[...columns, ...users].flatMap((part) => [...part.notices]),
    ],
  };
}

function sourceColumns(encoders: readonly Encoder[], exports: readonly UserExport[], loaded: LoadedTable) {
  const used = new Set([...encoders.map(({ column }) => column), ...exports.flatMap(({ inputs }) => inputs)]);
  const kindOf = (name: string): ColumnKind => loaded.profile.columns.find((column) => column.name === name)!.kind;
  return [...used].map((name) => ({ name, kind: kindOf(name) }));
}
