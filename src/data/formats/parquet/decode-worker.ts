import { openFileBytes } from "../file-bytes.ts";
import type { ColumnPlan } from "./column-plan.ts";
import type { GroupLayout } from "./file-layout.ts";
import { openRetained, type RetainedColumns, type StringGain } from "./retained-columns.ts";
import { type BatchBuffers, openStreamed, type StreamedColumns, type StringPart } from "./streamed-columns.ts";

/** What a thread is told before it decodes. Its file stays open until the thread ends. */
export interface OpenTask {
  readonly path: string;
  readonly groups: readonly GroupLayout[];
  readonly plans: readonly ColumnPlan[];
  /** Memory for all rows, where they are kept; undefined where batches are streamed. */
  readonly keep: { readonly rows: number; readonly buffers: BatchBuffers } | undefined;
}

export interface DecodeTask {
  readonly row: number;
  readonly rows: number;
  readonly buffers: BatchBuffers;
}

const state: { streamed: StreamedColumns | undefined; retained: RetainedColumns | undefined } = {
  streamed: undefined,
  retained: undefined,
};

export function open({ path, groups, plans, keep }: OpenTask): void {
  const file = openFileBytes(path);
  if (keep === undefined) state.streamed = openStreamed(file, groups, plans);
  else state.retained = openRetained(file, groups, plans, keep.rows, keep.buffers);
}

export function decode({ row, rows, buffers }: DecodeTask): (StringPart | undefined)[] {
  return state.streamed!.decode(row, rows, buffers);
}

export function advance(until: number): (StringGain | undefined)[] {
  return state.retained!.advance(until);
}
