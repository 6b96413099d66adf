import { PairQueue } from "./pair-queue.ts";

/** Stands before a piece that continues a word. */
export const INSIDE = "##";
/** Pieces of a vocabulary, at most. */
export const MAX_PIECES = 8000;
/** Words that pieces are learnt from, the most frequent first, and the longest of them in code points. */
const MAX_WORDS = 100_000;
const MAX_POINTS = 40;
/** Single characters that occur less often than this are unknown. */
const MIN_CHARACTERS = 3;
/** Pairs that occur less often than this are not joined. */
const MIN_PAIRS = 3;

/** Numbers of pieces are below this, so that a pair of them is one exact number. */
const BASE = 2 ** 24;

interface Word {
  /** Numbers of its pieces. */
  pieces: number[];
  readonly count: number;
}

/**
 * Learns pieces of words: first all characters, then again and again the two neighbours that occur together most often, joined (byte-pair
 * encoding: Sennrich, Haddow and Birch, "Neural machine translation of rare words with subword units", 2016). Ties go to what was learnt
 * first, so that the same counts always give the same pieces.
 *
 * @param counts how often each word occurs
 * @returns pieces, those that continue a word marked by `INSIDE`, at most `MAX_PIECES`
 */
export function learnPieces(counts: ReadonlyMap<string, number>, most = MAX_PIECES): string[] {
  const frequent = [...counts].sort(([a, i], [b, k]) => k - i || (a < b ? -1 : 1)).slice(0, MAX_WORDS);
  const spelt = frequent
    .map(([word, count]) => ({ points: [...word].map((point, i) => (i === 0 ? point : INSIDE + point)), count }))
    .filter(({ points }) => points.length <= MAX_POINTS);
  const pieces = charactersOf(spelt);
  const numbers = new Map(pieces.map((piece, number) => [piece, number]));
  const words = spelt.map(({ points, count }): Word => ({ pieces: points.map((p) => numbers.get(p) ?? -1), count }));
  const learnt = pieces.slice(0, most);
  const pairs = new PairCounts(words);
  const known = new Set(learnt);
  while (known.size < most) {
    const pair = pairs.take();
    if (pair === null) break;
    pieces.push(pieces[pair[0]]! + pieces[pair[1]]!.slice(INSIDE.length));
    known.add(pieces.at(-1)!);
    pairs.join(pair, pieces.length - 1);
  }
  return [...known];
}

/** Frequent characters, the most frequent first. */
function charactersOf(words: readonly { readonly points: readonly string[]; readonly count: number }[]): string[] {
  const counts = new Map<string, number>();
  for (const { points, count } of words)
    for (const point of points) counts.set(point, (counts.get(point) ?? 0) + count);
  return [...counts]
    .filter(([, count]) => count >= MIN_CHARACTERS)
    .sort(([a, i], [b, k]) => k - i || (a < b ? -1 : 1))
    .map(([piece]) => piece);
}

type Pair = readonly [first: number, second: number];

/** How often neighbours occur together, kept up to date as pairs are joined. */
class PairCounts {
  readonly #words: readonly Word[];
  /** By first × BASE + second. */
  readonly #counts = new Map<number, number>();
  /** Places of the words that have, or had, a pair. */
  readonly #places = new Map<number, Set<number>>();
  /** Pairs with the count that they had when they were put here. */
  readonly #queue = new PairQueue();

  constructor(words: readonly Word[]) {
    this.#words = words;
    words.forEach((word, place) => {
      this.#change(word, place, 1);
    });
    for (const [key, count] of this.#counts) this.#queue.push({ key, count });
  }

  /** The most frequent pair; null where none is frequent enough. */
  take(): Pair | null {
    for (;;) {
      const top = this.#queue.pop();
      if (top === undefined || top.count < MIN_PAIRS) return null;
      // An older count: the pair stands again under its present one.
      if (this.#counts.get(top.key) === top.count) return [Math.floor(top.key / BASE), top.key % BASE];
    }
  }

  /** Joins a pair wherever it stands. */
  join(pair: Pair, number: number): void {
    const changed = new Set<number>();
    const key = pair[0] * BASE + pair[1];
    for (const place of this.#places.get(key)!) {
      const word = this.#words[place]!;
      this.#change(word, place, -1, changed);
      word.pieces = joinIn(word.pieces, pair, number);
      this.#change(word, place, 1, changed);
    }
    changed.delete(key);
    this.#places.delete(key);
    this.#counts.delete(key);
    for (const other of changed) this.#queue.push({ key: other, count: this.#counts.get(other)! });
  }

  /** Characters that are not known (-1) join with nothing. */
  #change({ pieces, count }: Word, place: number, sign: 1 | -1, changed?: Set<number>): void {
    for (let i = 0; i + 1 < pieces.length; i++) {
      if (pieces[i]! < 0 || pieces[i + 1]! < 0) continue;
      const key = pieces[i]! * BASE + pieces[i + 1]!;
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + sign * count);
      changed?.add(key);
      if (sign < 0) continue;
      const places = this.#places.get(key);
      if (places === undefined) this.#places.set(key, new Set([place]));
      else places.add(place);
    }
  }
}

function joinIn(pieces: readonly number[], [first, second]: Pair, number: number): number[] {
  const made: number[] = [];
  for (let i = 0; i < pieces.length; i++)
    if (pieces[i] === first && pieces[i + 1] === second) {
      made.push(number);
      i++;
    } else made.push(pieces[i]!);
  return made;
}
