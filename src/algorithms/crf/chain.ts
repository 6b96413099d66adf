import { exp } from "../../core/index.ts";

/**
 * The weights of a linear chain over the tags of a task: O is 0, "B-" of type t is 2t + 1, "I-" is 2t + 2. An "I-" follows only
 * "B-" or "I-" of its type, so that no sequence is ill-formed.
 */
export interface ChainWeights {
  readonly tags: number;
  /** attributes × tags, row-major. */
  readonly attributes: Float32Array;
  /** (tags + 1) × tags, row-major: from a tag, or from the start (the last row), to a tag. */
  readonly transitions: Float32Array;
}

/** Tokens of one text by their attributes: token t has `ids` from `starts[first + t]` up to the next. */
export interface ChainTokens {
  readonly starts: Uint32Array;
  readonly ids: Uint32Array;
  readonly first: number;
  readonly count: number;
}

/** Scores of each token's tags, row-major: the weights of its attributes. Sums are float64 in the order of the ids. */
export function scoreTokens(
  { tags, attributes }: ChainWeights,
  { starts, ids, first, count }: ChainTokens,
  scores: Float64Array,
): void {
  scores.fill(0, 0, count * tags);
  for (let token = 0; token < count; token++) {
    const at = token * tags;
    const end = starts[first + token + 1]!;
    for (let i = starts[first + token]!; i < end; i++) {
      const from = ids[i]! * tags;
      for (let tag = 0; tag < tags; tag++) scores[at + tag]! += attributes[from + tag]!;
    }
  }
}

/**
 * The best sequence of tags (Viterbi, 1967). Ties go to the lower code.
 *
 * @param scores of each token's tags, row-major
 */
export function bestTags(
  { tags, transitions }: ChainWeights,
  scores: Float64Array,
  count: number,
  path: Uint16Array,
): void {
  const from = new Uint16Array(count * tags);
  let [before, now] = [new Float64Array(tags), new Float64Array(tags)];
  for (let token = 0; token < count; token++) {
    for (let tag = 0; tag < tags; tag++) {
      let [best, score] = [0, Number.NEGATIVE_INFINITY];
      if (token === 0) score = isInside(tag) ? score : transitions[tags * tags + tag]!;
      else {
        const [low, high] = sourcesOf(tag, tags);
        for (let source = low; source < high; source++) {
          const reached = before[source]! + transitions[source * tags + tag]!;
          if (reached > score) [best, score] = [source, reached];
        }
      }
      from[token * tags + tag] = best;
      now[tag] = score + scores[token * tags + tag]!;
    }
    [before, now] = [now, before];
  }
  let tag = 0;
  for (let other = 1; other < tags; other++) if (before[other]! > before[tag]!) tag = other;
  for (let token = count - 1; token >= 0; token--) {
    path[token] = tag;
    tag = from[token * tags + tag]!;
  }
}

/** Tags that may stand before a tag: from the first up to the second. */
export function sourcesOf(tag: number, tags: number): readonly [number, number] {
  return isInside(tag) ? [tag - 1, tag + 1] : [0, tags];
}

export function isInside(tag: number): boolean {
  return tag > 0 && tag % 2 === 0;
}

/** Room for the sums over all sequences of tags of one text, and the sums. */
export class ChainSums {
  readonly #tags: number;
  /** Exponentials of the transitions; 0 where one is not allowed. */
  readonly #steps: Float64Array;
  #forward = new Float64Array(0);
  #backward = new Float64Array(0);
  #emitted = new Float64Array(0);

  constructor(tags: number) {
    this.#tags = tags;
    this.#steps = new Float64Array((tags + 1) * tags);
  }

  /**
   * Replaces the scores of each token's tags by their probabilities, and adds to `expected` how often each transition is taken on
   * average (forward-backward: Rabiner, "A tutorial on hidden Markov models", 1989, each token scaled to sum 1).
   */
  add(transitions: Float32Array, scores: Float64Array, count: number, expected: Float64Array): void {
    this.#reserve(count);
    this.#prepare(transitions, scores, count);
    this.#sweepForward(count);
    this.#sweepBackward(count);
    this.#expect(count, expected);
    const tags = this.#tags;
    for (let token = 0; token < count; token++) {
      let sum = 0;
      for (let i = token * tags; i < (token + 1) * tags; i++) {
        scores[i] = this.#forward[i]! * this.#backward[i]!;
        sum += scores[i]!;
      }
      for (let i = token * tags; i < (token + 1) * tags; i++) scores[i] = scores[i]! / sum;
    }
  }

  #reserve(count: number): void {
    if (this.#forward.length >= count * this.#tags) return;
    const length = 2 * count * this.#tags;
    this.#forward = new Float64Array(length);
    this.#backward = new Float64Array(length);
    this.#emitted = new Float64Array(length);
  }

  #prepare(transitions: Float32Array, scores: Float64Array, count: number): void {
    const tags = this.#tags;
    for (let tag = 0; tag < tags; tag++) {
      const [low, high] = sourcesOf(tag, tags);
      for (let source = low; source < high; source++)
        this.#steps[source * tags + tag] = exp(transitions[source * tags + tag]!);
      this.#steps[tags * tags + tag] = isInside(tag) ? 0 : exp(transitions[tags * tags + tag]!);
    }
    for (let token = 0; token < count; token++) {
      let highest = Number.NEGATIVE_INFINITY;
      for (let i = token * tags; i < (token + 1) * tags; i++) highest = Math.max(highest, scores[i]!);
      for (let i = token * tags; i < (token + 1) * tags; i++) this.#emitted[i] = exp(scores[i]! - highest);
    }
  }

  #sweepForward(count: number): void {
    const tags = this.#tags;
    for (let token = 0; token < count; token++) {
      let sum = 0;
      for (let tag = 0; tag < tags; tag++) {
        let reached = token === 0 ? this.#steps[tags * tags + tag]! : 0;
        if (token > 0) {
          const [low, high] = sourcesOf(tag, tags);
          const before = (token - 1) * tags;
          for (let source = low; source < high; source++)
            reached += this.#forward[before + source]! * this.#steps[source * tags + tag]!;
        }
        const value = reached * this.#emitted[token * tags + tag]!;
        this.#forward[token * tags + tag] = value;
        sum += value;
      }
      for (let i = token * tags; i < (token + 1) * tags; i++) this.#forward[i] = this.#forward[i]! / sum;
    }
  }

  #sweepBackward(count: number): void {
    const tags = this.#tags;
    this.#backward.fill(1, (count - 1) * tags, count * tags);
    for (let token = count - 2; token >= 0; token--) {
      const [at, behind] = [token * tags, (token + 1) * tags];
      this.#backward.fill(0, at, behind);
      let sum = 0;
      for (let tag = 0; tag < tags; tag++) {
        const value = this.#emitted[behind + tag]! * this.#backward[behind + tag]!;
        const [low, high] = sourcesOf(tag, tags);
        for (let source = low; source < high; source++) {
          const part = this.#steps[source * tags + tag]! * value;
          this.#backward[at + source]! += part;
          sum += part;
        }
      }
      for (let i = at; i < behind; i++) this.#backward[i] = this.#backward[i]! / sum;
    }
  }

  #expect(count: number, expected: Float64Array): void {
    const tags = this.#tags;
    for (let token = 1; token < count; token++) {
      const [before, at] = [(token - 1) * tags, token * tags];
      let sum = 0;
      for (let tag = 0; tag < tags; tag++) sum += this.#reached(before, at, tag);
      for (let tag = 0; tag < tags; tag++) {
        const value = (this.#emitted[at + tag]! * this.#backward[at + tag]!) / sum;
        const [low, high] = sourcesOf(tag, tags);
        for (let source = low; source < high; source++)
          expected[source * tags + tag]! += this.#forward[before + source]! * this.#steps[source * tags + tag]! * value;
      }
    }
  }

  /** All sequences that go through a tag at a token, up to a factor that its token has. */
  #reached(before: number, at: number, tag: number): number {
    const tags = this.#tags;
    const [low, high] = sourcesOf(tag, tags);
    let sum = 0;
    for (let source = low; source < high; source++)
      sum += this.#forward[before + source]! * this.#steps[source * tags + tag]!;
    return sum * this.#emitted[at + tag]! * this.#backward[at + tag]!;
  }
}
