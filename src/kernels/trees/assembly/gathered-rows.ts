import {
  AT_CLASS, AT_COLUMN_BINS, AT_GATHERED_BINS, AT_GATHERED_FILLS, AT_GATHERED_RECORDS, AT_GATHERED_ROWS, AT_JOB_COUNT,
  AT_JOB_LIMIT, AT_PACKED, AT_QUANTISED, AT_STRIDE, AT_WIDE, BLOCK_ROWS, pointer, word,
} from "./frame";
import { histogramGathered, histogramSequence } from "./histogram";
import { addPacked, addPackedSequence, recordsOf } from "./packed-histogram";
import { touchRows } from "./touching";

/**
 * Rows on their way into histograms. Where many nodes are expanded at once, their histograms do not fit the cache together, and a
 * block has few rows for each. Such rows are copied side by side while their block is cached, and added when there are many.
 *
 * Record of a filling, 8 bytes, for each thread and histogram: 0 rows that wait · 4 the histogram that they belong to.
 */
const FILL_BYTES: usize = 8;
/** So many rows of a block are added where they are. */
const MANY: i32 = 2048;

// @ts-ignore: decorator
@inline
function indexOf(thread: i32, index: i32): usize {
  return <usize>thread * <usize>word(AT_JOB_LIMIT) + <usize>index;
}

/** Where the bins of a histogram's waiting rows begin; copies run over their end by less than 16 bytes. */
// @ts-ignore: decorator
@inline
function binsAt(thread: i32, index: i32): usize {
  return pointer(AT_GATHERED_BINS) + indexOf(thread, index) * (<usize>word(AT_GATHERED_ROWS) * <usize>word(AT_STRIDE) + 16);
}

// @ts-ignore: decorator
@inline
function recordsAt(thread: i32, index: i32): usize {
  return pointer(AT_GATHERED_RECORDS) + ((indexOf(thread, index) * <usize>word(AT_GATHERED_ROWS)) << recordShift());
}

// @ts-ignore: decorator
@inline
function recordShift(): usize {
  return word(AT_WIDE) != 0 && word(AT_PACKED) == 0 ? 4 : 2;
}

/** Adds rows of a block, named by 16-bit numbers, to a histogram, now or when there are more. */
export function addRows(thread: i32, index: i32, histogram: usize, numbers: usize, count: i32, bins: usize, block: i32): void {
  const records = word(AT_PACKED)
    ? recordsOf(block, word(AT_CLASS))
    : pointer(AT_QUANTISED) + ((<usize>block * <usize>BLOCK_ROWS) << recordShift());
  if (count >= MANY || word(AT_GATHERED_ROWS) == 0) {
    if (word(AT_COLUMN_BINS)) touchRows(numbers, count, bins);
    if (word(AT_PACKED)) addPacked(thread, index, histogram, numbers, count, bins, block);
    else histogramGathered(numbers, count, bins, records, histogram);
    return;
  }
  const fill = pointer(AT_GATHERED_FILLS) + indexOf(thread, index) * FILL_BYTES;
  const most = word(AT_GATHERED_ROWS);
  store<u32>(fill, <u32>histogram, 4);
  for (let done = 0; done < count; ) {
    const held = load<i32>(fill);
    const some = min(count - done, most - held);
    copyRows(thread, index, held, numbers + (<usize>done << 1), some, bins, records);
    store<i32>(fill, held + some);
    done += some;
    if (held + some == most) addWaiting(thread, index);
  }
}

/** Copies rows and their records behind those that wait. */
function copyRows(thread: i32, index: i32, held: i32, numbers: usize, count: i32, bins: usize, records: usize): void {
  const stride = <usize>word(AT_STRIDE);
  const shift = recordShift();
  let to = binsAt(thread, index) + <usize>held * stride;
  let toRecord = recordsAt(thread, index) + (<usize>held << shift);
  const end = numbers + (<usize>count << 1);
  for (let p = numbers; p < end; p += 2) {
    const row = <usize>load<u16>(p);
    const from = bins + row * stride;
    for (let i: usize = 0; i < stride; i += 16) v128.store(to + i, v128.load(from + i));
    to += stride;
    const record = records + (row << shift);
    if (shift == 4) v128.store(toRecord, v128.load(record));
    else store<u32>(toRecord, load<u32>(record));
    toRecord += <usize>1 << shift;
  }
}

function addWaiting(thread: i32, index: i32): void {
  const fill = pointer(AT_GATHERED_FILLS) + indexOf(thread, index) * FILL_BYTES;
  const count = load<i32>(fill);
  const histogram = <usize>load<u32>(fill, 4);
  const bins = binsAt(thread, index);
  const records = recordsAt(thread, index);
  if (word(AT_PACKED)) addPackedSequence(thread, index, histogram, count, bins, records);
  else histogramSequence(count, bins, records, histogram);
  store<i32>(fill, 0);
}

/** Adds all rows of a thread that still wait: at the end of each phase that adds. */
export function addAllWaiting(thread: i32): void {
  if (word(AT_GATHERED_ROWS) == 0) return;
  // A job has two histograms at most.
  const most = min(word(AT_JOB_LIMIT), 2 * word(AT_JOB_COUNT));
  for (let index = 0; index < most; index++) {
    const fill = pointer(AT_GATHERED_FILLS) + indexOf(thread, index) * FILL_BYTES;
    if (load<i32>(fill) > 0) addWaiting(thread, index);
  }
}
