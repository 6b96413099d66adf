import type { Transferable } from "node:worker_threads";

/** A task's result of which some memory goes over to the asker instead of being copied. */
export class Transferred {
  readonly value: unknown;
  readonly transfer: readonly Transferable[];

  constructor(value: unknown, transfer: readonly Transferable[]) {
    this.value = value;
    this.transfer = transfer;
  }
}
