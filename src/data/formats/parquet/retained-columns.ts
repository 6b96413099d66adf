import type { CodeArray } from "../../../core/typed-arrays.ts";
import { badFile, type FileBytes } from "../file-bytes.ts";
import { createStringCoder, type StringCoder } from "../string-coder.ts";
import type { ColumnPlan } from "./column-plan.ts";
import { type ColumnReader, openColumn } from "./column-reader.ts";
import type { GroupLayout } from "./file-layout.ts";
import { reusedBytes, sharedMemory } from "./page-bytes.ts";
import { type BatchBuffers, numbersOver } from "./streamed-columns.ts";

/** What a column of strings gained since it was last asked. */
export interface StringGain {
  /** The codes of all rows, where they moved to wider memory (or at first); undefined where they lie as before. */
  readonly codes: CodeArray | undefined;
  readonly added: string[];
}

/** Decodes columns from the first row on into memory for all rows, whole pages at a time. */
export interface RetainedColumns {
  /** Goes on until the rows before `until` are there (or more, to the end of a page). */
  advance(until: number): (StringGain | undefined)[];
}

const PORTION = 1 << 14;

/**
 * @param buffers memory for all rows of each column of numbers
 * @throws KaaykoError of kind `input` where the file is damaged
 */
export function openRetained(
  file: FileBytes,
  groups: readonly GroupLayout[],
  plans: readonly ColumnPlan[],
  rows: number,
  buffers: BatchBuffers,
): RetainedColumns {
  // Columns take turns only at the end of a page.
  const memory = { ...sharedMemory(), page: reusedBytes() };
  const advances = plans.map((plan, i) => {
    const reader = openColumn(file, groups, plan, memory);
    const buffer = buffers[i];
    return buffer === undefined
      ? retainStrings(reader, file.path, rows)
      : retainNumbers(reader, file.path, rows, buffer);
  });
  return { advance: (until) => advances.map((advance) => advance(until)) };
}

type Advance = (until: number) => StringGain | undefined;

function retainNumbers(
  reader: ColumnReader,
  path: string,
  rows: number,
  buffer: ArrayBuffer | SharedArrayBuffer,
): Advance {
  const out = numbersOver(reader.plan, buffer, rows);
  let done = 0;
  return (until) => {
    while (done < until) {
      const count = pageRows(reader, path, rows - done);
      reader.readNumbers(out, done, count);
      done += count;
    }
    return undefined;
  };
}

function retainStrings(reader: ColumnReader, path: string, rows: number): Advance {
  const coder = createStringCoder();
  const scratch = new Uint32Array(PORTION);
  let codes: CodeArray = new Uint8Array(new SharedArrayBuffer(rows));
  let told: CodeArray | undefined;
  let toldStrings = 0;
  let done = 0;
  return (until) => {
    while (done < until) {
      for (let left = pageRows(reader, path, rows - done); left > 0; ) {
        const count = Math.min(PORTION, left);
        reader.readCodes(scratch, 0, count, coder);
        codes = wideEnough(codes, coder, done);
        codes.set(scratch.subarray(0, count), done);
        done += count;
        left -= count;
      }
    }
    const gain = { codes: codes === told ? undefined : codes, added: coder.dictionary.slice(toldStrings) };
    told = codes;
    toldStrings = coder.dictionary.length;
    return gain;
  };
}

function pageRows(reader: ColumnReader, path: string, room: number): number {
  const count = reader.rowsInPage();
  if (count === 0 || count > room)
    throw badFile(path, `${reader.plan.name} must have as many values as the file has rows`);
  return count;
}

/** Codes in shared memory that holds as many categories as the dictionary has; the first `done` are copied where it grows. */
function wideEnough(codes: CodeArray, coder: StringCoder, done: number): CodeArray {
  const categories = coder.dictionary.length;
  const bytes = categories <= 0xff ? 1 : categories <= 0xffff ? 2 : 4;
  if (bytes <= codes.BYTES_PER_ELEMENT) return codes;
  const memory = new SharedArrayBuffer(codes.length * bytes);
  const wider = bytes === 2 ? new Uint16Array(memory) : new Uint32Array(memory);
  wider.set(codes.subarray(0, done));
  return wider;
}
