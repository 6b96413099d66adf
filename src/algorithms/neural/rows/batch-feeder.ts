import { loadRowKernel, type RowKernel } from "../../../kernels/rows/index.ts";
import type { FeedPlan, Slot, StoredRole } from "./feed-plan.ts";
import { BLOCK_ROWS, orderRows, planWindows, rowsOfBlock, type Shuffle, type Window } from "./pass-order.ts";
import type { PackedRole } from "./row-packer.ts";
import { readStored } from "./row-store.ts";

/** Which batches of which pass are wanted, one after the other, and in which slots. Plain data. */
export interface BatchRequest {
  readonly role: PackedRole;
  readonly shuffle: Shuffle;
  /** The first, from 0. */
  readonly batch: number;
  readonly count: number;
  /** Of the first. */
  readonly slot: number;
}

/** Makes batches from packed rows: any batch of any pass, fastest one after the other. */
export class BatchFeeder {
  readonly #plan: FeedPlan;
  readonly #kernel: RowKernel;
  /** The pass of the last batch, and the number of its window that is held. */
  #pass: { readonly name: string; readonly windows: readonly Window[]; held: number } = {
    name: "",
    windows: [],
    held: -1,
  };

  constructor(plan: FeedPlan) {
    this.#plan = plan;
    this.#kernel = loadRowKernel(plan.memory);
  }

  /** Fills slots. Returns the rows of each batch. */
  fill({ batch, count, slot, ...pass }: BatchRequest): number[] {
    return Array.from({ length: count }, (_, i) => this.#fill(pass, batch + i, slot + i));
  }

  #fill({ role, shuffle }: Pick<BatchRequest, "role" | "shuffle">, batch: number, slot: number): number {
    const { rows, batchRows } = this.#plan.roles[role];
    const windows = this.#open(role, shuffle);
    const start = batch * batchRows;
    const end = Math.min(rows, start + batchRows);
    const sums = { weight: 0 };
    for (let at = start; at < end; ) {
      const number = windows.findIndex((window) => at < window.start + window.rows);
      const window = windows[number]!;
      this.#load(this.#plan.roles[role], shuffle, number);
      const until = Math.min(end, window.start + window.rows);
      this.#encode(slot, at - start, at - window.start, until - at);
      sums.weight += this.#label(slot, at - start, at - window.start, until - at);
      at = until;
    }
    this.#share(slot, end - start, sums.weight);
    return end - start;
  }

  #open(role: PackedRole, shuffle: Shuffle): readonly Window[] {
    const name = `${role} ${shuffle?.seed} ${shuffle?.epoch}`;
    if (this.#pass.name !== name)
      this.#pass = { name, windows: planWindows(this.#plan.roles[role].rows, shuffle), held: -1 };
    return this.#pass.windows;
  }

  /** Reads a window and puts its rows in order. */
  #load({ stored, rows }: StoredRole, shuffle: Shuffle, number: number): void {
    if (this.#pass.held === number) return;
    const { memory, window, order, layout } = this.#plan;
    const { blocks, rows: count } = this.#pass.windows[number]!;
    let at = window;
    for (const block of blocks) {
      const bytes = rowsOfBlock(block, rows) * layout.stride;
      readStored(stored, block * BLOCK_ROWS * layout.stride, new Uint8Array(memory.buffer, at, bytes));
      at += bytes;
    }
    orderRows(new Uint32Array(memory.buffer, order, count), shuffle, number);
    this.#pass.held = number;
  }

  /** Encodes `count` rows of the window into a slot. @param to first row of the batch @param from first place in the order */
  #encode(number: number, to: number, from: number, count: number): void {
    const { window, layout, order, fields, encoder, width, capacity } = this.#plan;
    const slot = this.#plan.slots[number]!;
    const where = [slot.dense + to * width * 4, width, slot.codes + to * 4, capacity] as const;
    this.#kernel.encode(window, layout.stride, order + from * 4, count, fields, encoder.inputs.length, ...where);
  }

  /** Fills in targets and weights. Returns the sum of the weights. */
  #label(number: number, to: number, from: number, count: number): number {
    const { memory, window, order, layout, encoder } = this.#plan;
    const { arrays, rawTarget, rawWeight } = viewSlot(this.#plan, this.#plan.slots[number]!);
    const target = arrays.target as Float32Array;
    const { outputs, loss } = encoder.network;
    const numbers = new Uint32Array(memory.buffer, order + from * 4, count);
    const doubles = new Float64Array(memory.buffer, window);
    const floats = new Float32Array(memory.buffer, window);
    if (loss === "softmax") target.fill(0, to * outputs, (to + count) * outputs);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const value = doubles[(numbers[i]! * layout.stride) / 8]!;
      const weight = floats[(numbers[i]! * layout.stride + layout.weight) / 4]! * (encoder.classWeights?.[value] ?? 1);
      const row = to + i;
      rawTarget[row] = value;
      rawWeight[row] = weight;
      sum += weight;
      if (loss === "softmax") target[row * outputs + value] = 1;
      else target[row] = loss === "squared" ? (value - encoder.centre) / encoder.spread : value;
    }
    return sum;
  }

  /** Makes the weights of a batch sum to 1. */
  #share(number: number, rows: number, sum: number): void {
    const { arrays, rawWeight } = viewSlot(this.#plan, this.#plan.slots[number]!);
    const weight = arrays.weight as Float32Array;
    for (let row = 0; row < rows; row++) weight[row] = sum > 0 ? rawWeight[row]! / sum : 0;
  }
}

/** The arrays of a slot by the names of the network's inputs and targets, with room for any batch, and targets and weights as given. */
export function viewSlot({ memory: { buffer }, capacity, width, encoder }: FeedPlan, slot: Slot) {
  const { embeddings, outputs } = encoder.network;
  const codes = embeddings.map((_, i) => [
    `codes${i}`,
    new Int32Array(buffer, slot.codes + i * capacity * 4, capacity),
  ]);
  const arrays: Record<string, Float32Array | Int32Array> = {
    dense: new Float32Array(buffer, slot.dense, capacity * width),
    ...(Object.fromEntries(codes) as Record<string, Int32Array>),
    target: new Float32Array(buffer, slot.target, capacity * outputs),
    weight: new Float32Array(buffer, slot.weight, capacity),
  };
  const rawTarget = new Float64Array(buffer, slot.rawTarget, capacity);
  return { arrays, rawTarget, rawWeight: new Float64Array(buffer, slot.rawWeight, capacity) };
}
