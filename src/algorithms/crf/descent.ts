import { type AttributePart, randomStream } from "../../core/index.ts";
import { ChainSums, type ChainTokens, type ChainWeights, scoreTokens, sourcesOf } from "./chain.ts";

/** Errors of a token below this move nothing: most tokens are nearly certain after a few passes. */
const NEGLIGIBLE = 1e-3;
/** Slopes below this are left out: of many tags, most are all but impossible. */
const FLAT = 1e-4;
/** Squares of a weight's slopes before any was seen, so that the first step is not the longest. */
const FIRST_SQUARES = 1;

export interface DescentSettings {
  readonly learningRate: number;
  readonly penalty: number;
  /** Share of a text's attributes that are hidden while it is learnt. */
  readonly dropout: number;
  readonly seed: number;
}

/**
 * Learns the weights of a chain, text by text: the likelihood of the tags given the words (Lafferty et al., "Conditional random fields",
 * ICML 2001), by AdaGrad (Duchi et al., JMLR 2011) with an L2 penalty on what a text touches. Sums run in the order of the tokens.
 */
export class Descent {
  readonly weights: ChainWeights;
  /** Sums of squared slopes of the attributes' and of the transitions' weights. */
  readonly squares: { readonly attributes: Float32Array; readonly transitions: Float32Array };
  readonly #settings: DescentSettings;
  readonly #sums: ChainSums;
  readonly #expected: Float64Array;
  #scores = new Float64Array(0);

  constructor(tags: number, width: number, settings: DescentSettings) {
    const steps = (tags + 1) * tags;
    this.weights = { tags, attributes: new Float32Array(width * tags), transitions: new Float32Array(steps) };
    this.squares = {
      attributes: new Float32Array(width * tags).fill(FIRST_SQUARES),
      transitions: new Float32Array(steps).fill(FIRST_SQUARES),
    };
    this.#settings = settings;
    this.#sums = new ChainSums(tags);
    this.#expected = new Float64Array(steps);
  }

  /** @param truth code of each token's tag, NaN behind the last */
  learn(part: AttributePart, row: number, truth: Float64Array, weight: number, epoch: number): void {
    const count = part.offsets[row + 1]! - part.offsets[row]!;
    if (count === 0 || weight === 0) return;
    const tokens = this.#hide(part, row, epoch);
    const { tags, transitions } = this.weights;
    if (this.#scores.length < count * tags) this.#scores = new Float64Array(2 * count * tags);
    scoreTokens(this.weights, tokens, this.#scores);
    this.#expected.fill(0);
    this.#sums.add(transitions, this.#scores, count, this.#expected);
    this.#moveTransitions(truth, count, weight);
    this.#moveAttributes(tokens, truth, weight);
  }

  /** The attributes of a text that are looked at in this pass. */
  #hide({ offsets, starts, ids }: AttributePart, row: number, epoch: number): ChainTokens {
    const { dropout, seed } = this.#settings;
    const first = offsets[row]!;
    const count = offsets[row + 1]! - first;
    if (dropout === 0) return { starts, ids, first, count };
    const random = randomStream(seed, "crf", "hidden", epoch, row);
    const kept = new Uint32Array(starts[first + count]! - starts[first]!);
    const borders = new Uint32Array(count + 1);
    let at = 0;
    for (let token = 0; token < count; token++) {
      for (let i = starts[first + token]!; i < starts[first + token + 1]!; i++)
        if (random.float() >= dropout) kept[at++] = ids[i]!;
      borders[token + 1] = at;
    }
    return { starts: borders, ids: kept, first: 0, count };
  }

  #moveTransitions(truth: Float64Array, count: number, weight: number): void {
    const { tags } = this.weights;
    const slopes = this.#expected;
    for (let tag = 0; tag < tags; tag++) slopes[tags * tags + tag] = this.#scores[tag]!;
    slopes[tags * tags + truth[0]!]! -= 1;
    for (let token = 1; token < count; token++) slopes[truth[token - 1]! * tags + truth[token]!]! -= 1;
    for (let tag = 0; tag < tags; tag++) {
      const [low, high] = sourcesOf(tag, tags);
      for (let source = low; source < high; source++) this.#moveTransition(source * tags + tag, weight);
      this.#moveTransition(tags * tags + tag, weight);
    }
  }

  #moveTransition(at: number, weight: number): void {
    const { transitions } = this.weights;
    const { learningRate, penalty } = this.#settings;
    const error = this.#expected[at]!;
    if (error < FLAT && error > -FLAT) return;
    const slope = weight * error + penalty * transitions[at]!;
    const squares = this.squares.transitions[at]! + slope * slope;
    this.squares.transitions[at] = squares;
    transitions[at] = transitions[at]! - (learningRate * slope) / Math.sqrt(squares);
  }

  #moveAttributes({ starts, ids, first, count }: ChainTokens, truth: Float64Array, weight: number): void {
    const { tags, attributes } = this.weights;
    const { learningRate, penalty } = this.#settings;
    const squares = this.squares.attributes;
    for (let token = 0; token < count; token++) {
      const row = token * tags;
      const scores = this.#scores;
      scores[row + truth[token]!]! -= 1;
      if (-scores[row + truth[token]!]! < NEGLIGIBLE) continue;
      const end = starts[first + token + 1]!;
      for (let i = starts[first + token]!; i < end; i++) {
        const from = ids[i]! * tags;
        for (let tag = 0; tag < tags; tag++) {
          const error = scores[row + tag]!;
          if (error < FLAT && error > -FLAT) continue;
          const at = from + tag;
          const slope = weight * error + penalty * attributes[at]!;
          const seen = squares[at]! + slope * slope;
          squares[at] = seen;
          attributes[at] = attributes[at]! - (learningRate * slope) / Math.sqrt(seen);
        }
      }
    }
  }
}
