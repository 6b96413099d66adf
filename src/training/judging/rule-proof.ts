import {
  type BrokenRule,
  type Dataset,
  type ExampleStream,
  type FeatureTable,
  type JsonObject,
  KaaykoError,
  type Predictor,
  type Role,
  type RuleProof,
  randomStream,
  type State,
  type StepReport,
} from "../../core/index.ts";
import { type CompiledRules, readFeatures } from "../../features/index.ts";
import { compactExamples } from "../compact.ts";
import { blockRows } from "../score.ts";
import type { Work } from "../sequence.ts";
import { checkCaps, checkSweeps } from "./check-points.ts";
import { drawPoint, expandPoints, pointsPerBase, type Sweep, sweepsOf } from "./rule-grid.ts";

/** Points of the grid of a block, about. */
const BLOCK_POINTS = 16_384;

export interface ProofOptions {
  readonly algorithm: string;
  readonly rules: CompiledRules;
  readonly dataset: Dataset;
  /** Rows that are checked besides the grid, and half of whose bases the grid is built on. */
  readonly role: Role;
  readonly seed: number;
  /** Points of the grid, at least. */
  readonly gridPoints: number;
  /** Of the model that would be saved, under its rules. Taken over. */
  readonly predictor: Predictor;
}

/**
 * Proves that a model keeps its rules: on a grid (around random points and around rows that the model has not seen, every monotone
 * column over its range and both sides of every border) and on all rows of a role. Ends with the first break.
 */
export function createRuleProof(options: ProofOptions): Work {
  return new ProofWork(options);
}

class ProofWork implements Work {
  readonly version = 1;
  readonly #options: ProofOptions;
  readonly #sweeps: readonly Sweep[];
  readonly #blocks: number;
  readonly #blockBases: number;
  #block = 0;
  #gridPoints = 0;
  #testRows = 0;
  #capped: Record<string, number> = {};
  #broken: BrokenRule | null = null;
  /** Of the rows that give bases, and of those that are checked. */
  #positions: { bases: JsonObject | null; rows: JsonObject | null } = { bases: null, rows: null };
  #streams: { bases: ExampleStream | null; rows: ExampleStream | null } = { bases: null, rows: null };
  #step = 0;

  constructor(options: ProofOptions) {
    this.#options = options;
    this.#sweeps = sweepsOf(options.rules, options.dataset.features);
    const each = pointsPerBase(this.#sweeps);
    this.#blockBases = 2 * Math.max(1, Math.round(BLOCK_POINTS / each / 2));
    this.#blocks = Math.ceil(options.gridPoints / (this.#blockBases * each));
  }

  async step(): Promise<StepReport> {
    const rows = this.#options.dataset.rows[this.#options.role];
    if (this.#block < this.#blocks) await this.#gridBlock();
    else await this.#rowBlock();
    this.#step++;
    const done = this.#broken !== null || (this.#block === this.#blocks && this.#testRows >= rows);
    return { done, step: this.#step, total: this.#blocks + Math.ceil(rows / blockRows(rows)), unit: "block" };
  }

  getState(): State {
    const json = {
      block: this.#block,
      gridPoints: this.#gridPoints,
      testRows: this.#testRows,
      capped: { ...this.#capped },
      broken: this.#broken,
      positions: { ...this.#positions },
      step: this.#step,
    };
    return { json: JSON.parse(JSON.stringify(json)) as JsonObject, arrays: {} };
  }

  setState({ json }: State): void {
    const { block, gridPoints, testRows, capped, broken, positions, step } = json;
    if (typeof block !== "number" || typeof gridPoints !== "number" || typeof testRows !== "number")
      throw new KaaykoError({ action: "continue a proof", rule: "its state must be whole", kind: "damaged" });
    this.#block = block;
    this.#gridPoints = gridPoints;
    this.#testRows = testRows;
    this.#capped = { ...(capped as Record<string, number>) };
    this.#broken = broken as unknown as BrokenRule | null;
    this.#positions = { ...(positions as { bases: JsonObject | null; rows: JsonObject | null }) };
    this.#step = step as number;
  }

  async result(): Promise<State> {
    const { algorithm } = this.#options;
    const proof: RuleProof = {
      algorithm,
      gridPoints: this.#gridPoints,
      testRows: this.#testRows,
      broken: this.#broken,
      capped: this.#capped,
    };
    return { json: JSON.parse(JSON.stringify(proof)) as JsonObject, arrays: {} };
  }

  async dispose(): Promise<void> {
    await this.#streams.bases?.close();
    await this.#streams.rows?.close();
    this.#streams = { bases: null, rows: null };
    await this.#options.predictor.dispose();
  }

  async #gridBlock(): Promise<void> {
    const { dataset, rules, seed, predictor } = this.#options;
    const random = randomStream(seed, "rules", "grid", this.#block);
    const half = this.#blockBases / 2;
    const bases = [
      ...Array.from({ length: half }, () => drawPoint(random, dataset.features)),
      ...(await this.#seenBases(half)),
    ];
    const table = expandPoints(bases, this.#sweeps, dataset.features);
    const predictions = await predictor.predict(table);
    const place = (row: number) => `point ${(this.#gridPoints + row + 1).toLocaleString("en-US")} of the grid`;
    this.#broken =
      checkCaps(rules, table, predictions, place) ?? checkSweeps(this.#sweeps, table.rows, predictions, place);
    this.#gridPoints += table.rows;
    this.#block++;
  }

  /** Rows of the role, from its start again once they are used up. */
  async #seenBases(count: number): Promise<Float64Array[]> {
    const bases: Float64Array[] = [];
    for (let turns = 0; bases.length < count && turns <= count; turns++) {
      const stream = await this.#open("bases", count);
      const examples = await stream.next();
      if (examples === null) {
        await stream.close();
        this.#streams.bases = null;
        this.#positions.bases = null;
        continue;
      }
      this.#positions.bases = stream.position();
      const { table } = compactExamples(examples);
      for (let row = 0; row < table.rows && bases.length < count; row++) bases.push(featuresAt(table, row));
    }
    return bases;
  }

  async #rowBlock(): Promise<void> {
    const { dataset, role, rules, predictor } = this.#options;
    const stream = await this.#open("rows", blockRows(dataset.rows[role]));
    const examples = await stream.next();
    this.#positions.rows = stream.position();
    if (examples === null) return;
    const { table } = compactExamples(examples);
    const predictions = await predictor.predict(table);
    const place = (row: number) => `row ${(this.#testRows + row + 1).toLocaleString("en-US")} of the ${role} rows`;
    this.#broken = checkCaps(rules, table, predictions, place, this.#capped);
    this.#testRows += table.rows;
  }

  async #open(which: "bases" | "rows", batchRows: number): Promise<ExampleStream> {
    const { dataset, role } = this.#options;
    let stream = this.#streams[which];
    if (stream === null) {
      stream = await dataset.stream(role, { batchRows, shuffle: null });
      const position = this.#positions[which];
      if (position !== null) await stream.seek(position);
      this.#streams[which] = stream;
    }
    return stream;
  }
}

function featuresAt(table: FeatureTable, row: number): Float64Array {
  const features = new Float64Array(table.columns.length);
  readFeatures(table, row, features);
  return features;
}
