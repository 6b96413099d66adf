import { solveSymmetric } from "../../../core/index.ts";
import type { SeriesTable } from "../../../data/index.ts";
import type { SeriesPlan } from "../series-plan.ts";
import { type Deviations, drawDeviations } from "./deviations.ts";

/** Others that each series sees. */
const NEIGHBOURS = 4;
/** Series below which there is nothing to choose, and above which looking at all pairs takes too long. */
const LEAST_SERIES = NEIGHBOURS + 1;
const MOST_SERIES = 1000;
/** Numbers of the widened windows at most: half a gigabyte. */
const MOST_NUMBERS = 2 ** 27;
/** Times that are looked at: as many as keep products of all pairs to some seconds. */
const PAIR_TIMES = 3e8;
const MOST_TIMES = 6000;
const LEAST_TIMES = 500;
/** Share of the times by which neighbours are chosen; the later ones judge. */
const CHOOSING = 0.8;
/** Share of the squared error that neighbours must save on later times, so that they are worth their cost. */
const LEAST_GAIN = 0.02;
/** Added to the squares of each term, so that series that go together share what they say. */
const RIDGE = 1e-3;

export interface FoundNeighbours {
  /** By series, the numbers of the others that it sees, the most telling first. */
  readonly neighbours: readonly (readonly number[])[];
  /** Share of the squared error of a linear forecast that they save on later times; 0 where none are worth it. */
  readonly gain: number;
}

/**
 * Finds for each series the others whose readings tell most about its own half a horizon ahead, beside what its own readings tell:
 * orthogonal matching pursuit (Pati, Rezaiifar and Krishnaprasad, 1993) on deviations from the usual reading of the time. Chosen on
 * the earlier times, and judged on the later ones.
 *
 * @param until end of what may be learnt from
 * @returns null where there are too few series or times, too many series or readings, or the others do not help
 */
export function findNeighbours(plan: SeriesPlan, table: SeriesTable, until: number): FoundNeighbours | null {
  const series = table.names.length;
  if (series < LEAST_SERIES || series > MOST_SERIES) return null;
  if (table.offsets.at(-1)! * (table.channels.length + NEIGHBOURS) > MOST_NUMBERS) return null;
  const drawn = drawDeviations(plan, table, {
    until,
    most: Math.min(MOST_TIMES, Math.max(LEAST_TIMES, Math.floor(PAIR_TIMES / series ** 2))),
    stepsBefore: Math.ceil(plan.steps / 4),
    stepsAhead: Math.ceil(plan.horizon / 2),
  });
  const times = drawn.now[0]!.length;
  if (times < LEAST_TIMES) return null;
  const chosenBy = Math.floor(CHOOSING * times);
  const together = productsOfPairs(drawn.now, chosenBy);
  const errors = { alone: 0, seeing: 0 };
  const neighbours = table.names.map((_, own) => {
    const products = productsOf(drawn, own, chosenBy, together);
    const alone = [own, BEFORE];
    const seeing = choose(products, alone, series);
    errors.alone += errorOf(drawn, own, alone, weigh(products, alone), chosenBy);
    errors.seeing += errorOf(drawn, own, seeing, weigh(products, seeing), chosenBy);
    return seeing.slice(alone.length);
  });
  const gain = errors.alone > 0 ? 1 - errors.seeing / errors.alone : 0;
  return gain >= LEAST_GAIN ? { neighbours, gain } : null;
}

/** A term of the linear forecast that is no series' reading now: the own one some steps before. */
const BEFORE = -1;

/** Sums of products over the times that choose. */
interface Products {
  /** Of two terms: numbers of series, or `BEFORE`. */
  readonly of: (a: number, b: number) => number;
  /** Of a term and what is to be forecast. */
  readonly withAhead: (term: number) => number;
}

function productsOfPairs(now: readonly Float32Array[], times: number): readonly Float64Array[] {
  const products = now.map(() => new Float64Array(now.length));
  for (let a = 0; a < now.length; a++)
    for (let b = 0; b <= a; b++) products[a]![b] = products[b]![a] = dot(now[a]!, now[b]!, times);
  return products;
}

function productsOf(
  { now, before, ahead }: Deviations,
  own: number,
  times: number,
  together: readonly Float64Array[],
): Products {
  const withBefore = now.map((other) => dot(before[own]!, other, times));
  const withTarget = now.map((other) => dot(ahead[own]!, other, times));
  const squares = dot(before[own]!, before[own]!, times);
  const beforeTarget = dot(before[own]!, ahead[own]!, times);
  return {
    of: (a, b) => {
      if (a === BEFORE) return b === BEFORE ? squares : withBefore[b]!;
      return b === BEFORE ? withBefore[a]! : together[a]![b]!;
    },
    withAhead: (term) => (term === BEFORE ? beforeTarget : withTarget[term]!),
  };
}

/** The terms and, one by one, the series that goes best with what they leave unsaid. */
function choose(products: Products, terms: readonly number[], series: number): number[] {
  const chosen = [...terms];
  for (let k = 0; k < NEIGHBOURS; k++) {
    const weights = weigh(products, chosen);
    let [best, most] = [BEFORE, -1];
    for (let other = 0; other < series; other++) {
      if (chosen.includes(other)) continue;
      const left = chosen.reduce(
        (sum, term, q) => sum - weights[q]! * products.of(term, other),
        products.withAhead(other),
      );
      const square = products.of(other, other);
      const says = square > 0 ? left ** 2 / square : 0;
      if (says > most) [best, most] = [other, says];
    }
    chosen.push(best);
  }
  return chosen;
}

/** The weights of the linear forecast by some terms. */
function weigh(products: Products, terms: readonly number[]): Float64Array {
  const matrix = Float64Array.from({ length: terms.length ** 2 }, (_, at) => {
    const [a, b] = [Math.floor(at / terms.length), at % terms.length];
    const product = products.of(terms[a]!, terms[b]!);
    return a === b ? (1 + RIDGE) * product : product;
  });
  return solveSymmetric(matrix, Float64Array.from(terms, products.withAhead), terms.length);
}

/** The squared error of a linear forecast at the times from `from` on. */
function errorOf(
  { now, before, ahead }: Deviations,
  own: number,
  terms: readonly number[],
  weights: Float64Array,
  from: number,
): number {
  const read = terms.map((term) => (term === BEFORE ? before[own]! : now[term]!));
  let sum = 0;
  for (let time = from; time < ahead[own]!.length; time++) {
    let error = ahead[own]![time]!;
    for (let q = 0; q < read.length; q++) error -= weights[q]! * read[q]![time]!;
    sum += error * error;
  }
  return sum;
}

function dot(a: Float32Array, b: Float32Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += a[i]! * b[i]!;
  return sum;
}
