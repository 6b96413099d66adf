import {
  type Examples,
  type ModelContent,
  randomStream,
  type State,
  type StepReport,
  type Trainer,
  type TrainerContext,
} from "../../core/index.ts";
import { type Detector, readRows } from "./detector.ts";
import { combinedScore, type Ensemble, type Member, splitPieces } from "./ensemble.ts";
import { notWhole, packPieces, unpackPieces } from "./pieces.ts";
import { measureRarity } from "./rarity.ts";

/** Training rows that say what a usual score is: at most so many, drawn by the seed, scored so many a step. */
const SCORED_ROWS = 65_536;
const BLOCK_ROWS = 2048;
/** Where no training row has a score: whatever has one then stands out. */
const LEAST_BORDER = 1e-9;

/** Fits the pieces of detectors, one a step, and then scores training rows: the share `contamination` of them lies over the border. */
export async function createDetectorTrainer(
  name: string,
  members: readonly Member[],
  context: TrainerContext,
): Promise<Trainer> {
  return new DetectorTrainer(name, members, context, await context.dataset.examples("train"));
}

class DetectorTrainer implements Trainer {
  readonly version = 1;
  readonly #name: string;
  readonly #members: readonly Member[];
  readonly #context: TrainerContext;
  readonly #examples: Examples;
  /** Pieces of each member. */
  readonly #counts: readonly number[];
  readonly #total: number;
  /** Places of the rows that are scored. */
  readonly #drawn: Uint32Array;
  readonly #pieces: Float64Array[] = [];
  /** Row-major, one score a member. */
  #scores: Float64Array = new Float64Array(0);

  constructor(name: string, members: readonly Member[], context: TrainerContext, examples: Examples) {
    const { dataset, parameters, seed } = context;
    this.#name = name;
    this.#members = members;
    this.#context = context;
    this.#examples = examples;
    this.#counts = members.map(({ detector }) => detector.pieces(dataset.features, parameters));
    this.#total = this.#counts.reduce((sum, count) => sum + count, 0);
    const rows = examples.rows ?? Uint32Array.from({ length: examples.table.rows }, (_, row) => row);
    const random = randomStream(seed, name, "scored");
    this.#drawn = rows.length <= SCORED_ROWS ? rows : random.shuffle(rows.slice()).slice(0, SCORED_ROWS).sort();
  }

  step(): StepReport {
    if (this.#pieces.length < this.#total) this.#fitPiece();
    else this.#scoreBlock();
    const blocks = Math.max(1, Math.ceil(this.#drawn.length / BLOCK_ROWS));
    const scored = Math.ceil(this.#scores.length / this.#members.length / BLOCK_ROWS);
    const step = this.#pieces.length + scored;
    return { done: step === this.#total + blocks, step, total: this.#total + blocks, unit: "piece" };
  }

  #fitPiece(): void {
    const { parameters, seed } = this.#context;
    const piece = this.#pieces.length;
    const reader = readRows(this.#examples.table, this.#examples.rows);
    const random = randomStream(seed, this.#name, piece);
    this.#pieces.push(this.#detectorOf(piece)!.fit(reader, this.#placeOf(piece), parameters, random));
  }

  #detectorOf(piece: number): Detector | undefined {
    let first = 0;
    return this.#members.find((_, member) => {
      first += this.#counts[member]!;
      return piece < first;
    })?.detector;
  }

  /** A piece's number among those of its member. */
  #placeOf(piece: number): number {
    let place = piece;
    for (const count of this.#counts) {
      if (place < count) break;
      place -= count;
    }
    return place;
  }

  #scoreBlock(): void {
    const first = this.#scores.length / this.#members.length;
    const block = this.#drawn.subarray(first, first + BLOCK_ROWS);
    const reader = readRows(this.#examples.table, block);
    const pieces = splitPieces(this.#pieces, this.#counts);
    const made: number[] = [];
    for (let row = 0; row < block.length; row++)
      this.#members.forEach(({ detector }, member) => {
        made.push(detector.score(pieces[member]!, reader, row));
      });
    const scores = new Float64Array(this.#scores.length + made.length);
    scores.set(this.#scores);
    scores.set(made, this.#scores.length);
    this.#scores = scores;
  }

  getState(): State {
    const arrays = { ...packPieces(this.#pieces), scores: this.#scores.slice() };
    return { json: {}, arrays, appendOnly: ["pieces", "ends", "scores"] };
  }

  setState({ arrays }: State): void {
    const { scores } = arrays;
    const pieces = unpackPieces(arrays, (piece) => this.#detectorOf(piece), this.#context.dataset.features.length);
    if (!(scores instanceof Float64Array) || scores.length > this.#drawn.length * this.#members.length)
      throw notWhole();
    this.#pieces.splice(0, this.#pieces.length, ...pieces);
    this.#scores = scores.slice();
  }

  async model(): Promise<ModelContent> {
    const width = this.#members.length;
    const rarities = this.#members.map((_, member) =>
      measureRarity(this.#scores.filter((_, i) => i % width === member)),
    );
    const ensemble: Ensemble = { members: this.#members, rarities };
    const rows = this.#scores.length / width;
    const combined = Float64Array.from({ length: rows }, (_, row) =>
      combinedScore(ensemble, this.#scores.subarray(row * width, (row + 1) * width)),
    ).sort();
    const { contamination } = this.#context.parameters as { contamination: number };
    const border = combined[Math.min(rows - 1, Math.floor((1 - contamination) * rows))] ?? 1;
    return {
      algorithm: this.#name,
      formatVersion: 1,
      json: { border: Math.max(LEAST_BORDER, border), counts: [...this.#counts] },
      arrays: {
        ...packPieces(this.#pieces),
        ...Object.fromEntries(rarities.map((pairs, member) => [`rarity.${member}`, pairs])),
      },
    };
  }

  async dispose(): Promise<void> {}
}
