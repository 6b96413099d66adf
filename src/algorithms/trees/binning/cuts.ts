import { roundestBetween } from "./round-number.ts";

const LARGEST = Number.MAX_VALUE;
/** How far from its share of the values a bin may close, as a part of that share, to close at a round number. */
const SHARE_SLACK = 0.5;

/**
 * Cuts between ascending values. Few distinct values get a bin each; of many, each bin takes about its share of the values not yet
 * placed, so that frequent values take bins of their own and the rest still shares evenly. Where a bin closes is free within limits,
 * and the roundest number there is the cut: what people decide by, and much of what they measure, changes at round numbers. Zero always
 * parts bins: where both signs occur, it is where things change.
 *
 * @param single whether the values are float32, so that cuts must be
 */
export function cutsOf(values: Float32Array | Float64Array, maxBins: number, single: boolean): Float64Array {
  const gaps = gapsOf(values, maxBins);
  if (gaps !== null) return Float64Array.from(gaps, (i) => cutBetween(values[i]!, values[i + 1]!, single));
  const cuts: number[] = [];
  // Where the last bin would have ended with its whole share: what it left over, the next takes besides its own.
  let due = 0;
  for (let i = 0; i + 1 < values.length && cuts.length < maxBins - 1; i++) {
    if (values[i] === values[i + 1]) continue;
    const share = (values.length - due) / (maxBins - cuts.length);
    if (isAroundZero(values, i)) {
      cuts.push(values[i + 1]! > 0 ? 0 : cutBetween(values[i]!, values[i + 1]!, single));
      due = i + 1;
    } else if (i + 1 >= due + share * (1 - SHARE_SLACK) - 0.5) {
      const last = latestEnd(values, i, Math.floor(due + share * (1 + SHARE_SLACK)) - 1);
      const { cut, end } = roundCut(values, i, last, single);
      cuts.push(cut);
      i = end;
      due = Math.max(end + 1, due + share);
    }
  }
  return Float64Array.from(cuts);
}

/** The roundest cut after one of the values from `first` to `last`, and the value it comes after. */
function roundCut(
  values: Float32Array | Float64Array,
  first: number,
  last: number,
  single: boolean,
): { cut: number; end: number } {
  const round = roundestBetween(values[first]!, values[last + 1]!);
  let end = first;
  while (values[end + 1]! <= round) end++;
  const cut = Math.fround(round);
  // Frequent values are as round as any number; what lies between them is not known, and the middle is the fairest guess.
  const between = cut > values[end]! && cut < values[end + 1]!;
  return { cut: between ? cut : cutBetween(values[end]!, values[end + 1]!, single), end };
}

/** Where values change, or null for more changes than there are cuts. */
function gapsOf(values: Float32Array | Float64Array, maxBins: number): number[] | null {
  const gaps: number[] = [];
  for (let i = 0; i + 1 < values.length; i++) if (values[i] !== values[i + 1] && gaps.push(i) >= maxBins) return null;
  return gaps;
}

function isAroundZero(values: Float32Array | Float64Array, i: number): boolean {
  return values[i]! <= 0 && values[i + 1]! >= 0;
}

/** The last value at which a bin may close, between two places; before zero where it may not go beyond. */
function latestEnd(values: Float32Array | Float64Array, from: number, latest: number): number {
  let last = Math.max(from, Math.min(values.length - 2, latest));
  while (last > from && values[from]! < 0 && values[last + 1]! > 0) last--;
  return last;
}

/** A number at or over `low` and under `high`: their middle, in float32 where it lies between them there. */
export function cutBetween(low: number, high: number, single: boolean): number {
  const middle = Math.max(-LARGEST, Math.min(LARGEST, low * 0.5 + high * 0.5));
  const rounded = Math.fround(middle);
  if (Number.isFinite(rounded) && rounded >= low && rounded < high) return rounded + 0;
  if (!single && middle >= low && middle < high) return middle + 0;
  return Math.max(-LARGEST, low) + 0;
}
