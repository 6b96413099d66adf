import { BinFile } from "./bin-file.ts";
import { ReadAhead } from "./read-ahead.ts";
import { PLACES } from "./read-ahead-protocol.ts";

/** Blocks that are read together: large enough for disks, small beside the rows. */
export const WINDOW_BLOCKS = 16;

/** Where bins are that are not all held in memory. */
export interface BinStreamPlan {
  /** The first blocks of rows stay in memory; the others are read from a file in every pass. */
  readonly residentBlocks: number;
}

/** Rows, their blocks, and where their bins are in memory. */
export interface StreamedRows {
  readonly rows: number;
  readonly blocks: number;
  /** Address of the resident blocks; the windows' places lie behind them. */
  readonly bins: number;
  readonly blockRows: number;
  readonly stride: number;
}

/** A stretch of blocks, and where the bins of its first block are. */
export interface BlockRange {
  readonly from: number;
  readonly to: number;
  readonly address: number;
}

/** Bytes of memory for the bins: of the resident blocks and the windows. */
export function streamedBytes(plan: BinStreamPlan, blockBytes: number): number {
  return (plan.residentBlocks + PLACES * WINDOW_BLOCKS) * blockBytes;
}

/** The bins of rows larger than the memory: their first blocks stay in it, the others pass through it. */
export class StreamedBins {
  readonly #memory: WebAssembly.Memory;
  readonly #set: StreamedRows;
  readonly #resident: number;
  readonly #file = new BinFile();
  #reader: ReadAhead | null = null;

  constructor(memory: WebAssembly.Memory, set: StreamedRows, plan: BinStreamPlan) {
    this.#memory = memory;
    this.#set = set;
    this.#resident = Math.min(plan.residentBlocks, set.blocks);
  }

  get #blockBytes(): number {
    return this.#set.blockRows * this.#set.stride;
  }

  /** Where a block is to be written while the rows are binned. */
  addressOf(block: number): number {
    return this.#set.bins + Math.min(block, this.#resident) * this.#blockBytes;
  }

  /** Puts a block away that was written; blocks come in order. */
  put(block: number, rows: number): void {
    if (block < this.#resident) return;
    this.#file.append(new Uint8Array(this.#memory.buffer, this.addressOf(block), rows * this.#set.stride));
  }

  /** Calls back for all blocks, in order; what it is given is valid until it returns. */
  pass(visit: (range: BlockRange) => void): void {
    const { blocks, bins } = this.#set;
    if (this.#resident < blocks) this.#reader ??= this.#read();
    if (this.#resident > 0) visit({ from: 0, to: this.#resident, address: bins });
    for (let from = this.#resident; from < blocks; from += WINDOW_BLOCKS) {
      const address = this.#reader!.next();
      visit({ from, to: Math.min(blocks, from + WINDOW_BLOCKS), address });
      this.#reader!.release();
    }
  }

  #read(): ReadAhead {
    const { rows, bins, blockRows, stride } = this.#set;
    const windowBytes = WINDOW_BLOCKS * this.#blockBytes;
    const first = bins + this.#resident * this.#blockBytes;
    return new ReadAhead({
      descriptor: this.#file.descriptor,
      memory: this.#memory,
      places: Array.from({ length: PLACES }, (_, i) => first + i * windowBytes),
      windowBytes,
      fileBytes: (rows - this.#resident * blockRows) * stride,
    });
  }

  async dispose(): Promise<void> {
    await this.#reader?.dispose();
    this.#file.close();
  }
}
