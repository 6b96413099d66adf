import type { Dataset, Examples, FeatureSpec, FeatureTable, WindowPart } from "../../core/index.ts";
import { KaaykoError } from "../../core/index.ts";
import { denseWidth, type EncodedRows, encodeRows, type InputEncoding, planInputs } from "../neural/encoding.ts";

/** How one channel of the series becomes inputs. Plain data: it is part of the model. */
export interface ChannelEncoding {
  readonly mean: number;
  readonly scale: number;
  /** True where training windows lack readings: a second input then marks them. */
  readonly marked: boolean;
}

/** How a row becomes inputs: its window and its other columns. */
export interface SequenceEncoding {
  readonly steps: number;
  readonly channels: readonly ChannelEncoding[];
  readonly extras: readonly InputEncoding[];
  /** What is taken from a target, and what it is then divided by. */
  readonly centre: number;
  readonly spread: number;
}

/** Columns of more categories than this are left out. */
const MOST_CATEGORIES = 256;

/** Inputs a step. */
export function inputWidth({ channels }: SequenceEncoding): number {
  return channels.reduce((sum, { marked }) => sum + (marked ? 2 : 1), 0);
}

export function extrasWidth({ extras }: SequenceEncoding): number {
  return extras.reduce((sum, encoding) => sum + denseWidth(encoding), 0);
}

/** The windows of a table. */
export function windowsOf({ parts }: FeatureTable): WindowPart {
  const windows = (parts ?? []).filter((part) => part.kind === "windows");
  if (windows.length === 1) return windows[0]!;
  throw new KaaykoError({
    action: "learn from windows",
    rule: "the data must have one part of windows over series",
    got: `${windows.length}`,
  });
}

/** Decides the encoding by the training rows: mean and deviation of the readings that their windows see, and of the target. */
export function planEncoding({ features, target }: Dataset, train: Examples): SequenceEncoding {
  const windows = windowsOf(train.table);
  return {
    steps: windows.steps,
    channels: channelsOf(windows, train),
    extras: planExtras(features),
    centre: Number.isFinite(target.mean) ? target.mean : 0,
    spread: Number.isFinite(target.std) && target.std > 0 ? target.std : 1,
  };
}

/** The calendar comes in pieces, so that each hour and weekday can be learnt of its own: from, to, and how many. */
const CALENDAR_PIECES: Readonly<Record<string, readonly [from: number, to: number, pieces: number]>> = {
  hour: [0, 24, 24],
  weekday: [0, 6, 6],
  month: [1, 12, 11],
};

function planExtras(features: readonly FeatureSpec[]): InputEncoding[] {
  return planInputs(features, features.map(calendarBorders), MOST_CATEGORIES);
}

function calendarBorders({ name, kind, min, max }: FeatureSpec): number[] {
  const found = kind === "numeric" && Object.hasOwn(CALENDAR_PIECES, name) ? CALENDAR_PIECES[name] : undefined;
  if (found === undefined) return [];
  const [from, to, pieces] = found;
  if (min < from || max > to || min === max) return [];
  return Array.from({ length: pieces + 1 }, (_, i) => from + (i * (to - from)) / pieces);
}

/** Each reading counts once, in however many windows it is. */
function channelsOf({ steps, channels, series, ends }: WindowPart, { rows }: Examples): ChannelEncoding[] {
  const seen = new Uint8Array(series.length / channels);
  const mark = (end: number): void => {
    for (let step = end - steps; step < end; step++) seen[step] = 1;
  };
  if (rows === null) ends.forEach(mark);
  else for (const row of rows) mark(ends[row]!);
  return Array.from({ length: channels }, (_, channel) => channelOf(series, seen, channels, channel));
}

function channelOf(series: Float32Array, seen: Uint8Array, channels: number, channel: number): ChannelEncoding {
  let count = 0;
  let missing = 0;
  let mean = 0;
  let squares = 0;
  for (let step = 0; step < seen.length; step++) {
    if (seen[step] === 0) continue;
    const value = series[step * channels + channel]!;
    if (Number.isNaN(value)) {
      missing++;
      continue;
    }
    const before = value - mean;
    mean += before / ++count;
    squares += before * (value - mean);
  }
  const deviation = count > 0 ? Math.sqrt(squares / count) : 0;
  const scale = deviation > 0 && Number.isFinite(1 / deviation) ? 1 / deviation : 0;
  return { mean: Number.isFinite(mean) ? mean : 0, scale, marked: missing > 0 };
}

/**
 * Writes the windows of some rows: standardised; a missing reading repeats the one before it in the window, or is the mean where
 * there is none, and is marked where the channel has marks.
 *
 * @param out rows × steps × inputs
 */
export function encodeWindows(
  { channels: encodings, steps }: SequenceEncoding,
  { series, ends, channels }: WindowPart,
  rows: Uint32Array,
  out: Float32Array,
): void {
  let at = 0;
  const last = new Float32Array(channels);
  for (const row of rows) {
    last.fill(0);
    for (let step = ends[row]! - steps; step < ends[row]!; step++)
      for (let channel = 0; channel < channels; channel++) {
        const { mean, scale, marked } = encodings[channel]!;
        const value = series[step * channels + channel]!;
        const missing = Number.isNaN(value);
        if (!missing) last[channel] = (value - mean) * scale;
        out[at++] = last[channel]!;
        if (marked) out[at++] = missing ? 1 : 0;
      }
  }
}

/** Writes the other columns of some rows. */
export function encodeExtras(
  { extras }: SequenceEncoding,
  table: FeatureTable,
  rows: Uint32Array,
  out: EncodedRows,
): void {
  encodeRows(extras, table, rows, out);
}
