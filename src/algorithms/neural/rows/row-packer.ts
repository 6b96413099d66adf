import type { Dataset, ExampleStream, Examples } from "../../../core/index.ts";
import { type PackedLayout, packRows, planLayout } from "./packed-layout.ts";
import { RowStore } from "./row-store.ts";

/** Rows that are read in one step. */
const STEP_ROWS = 65_536;
const ROLES = ["train", "validation"] as const;

export type PackedRole = (typeof ROLES)[number];

/** The rows of a dataset, packed for many passes. */
export interface PackedDataset {
  readonly layout: PackedLayout;
  readonly stores: Readonly<Record<PackedRole, RowStore>>;
  readonly rows: Readonly<Record<PackedRole, number>>;
}

/**
 * Reads the training rows of a dataset, then the validation rows, once, and keeps them packed: passes over them then cost neither
 * decoding nor a seek.
 */
export class RowPacker {
  readonly #dataset: Dataset;
  #packed: PackedDataset | null = null;
  #stream: ExampleStream | null = null;
  #role = 0;
  #left: number;
  #steps = 0;

  constructor(dataset: Dataset) {
    this.#dataset = dataset;
    this.#left = dataset.rows.train;
  }

  /** Steps in all, at least 1. */
  get steps(): number {
    const { rows } = this.#dataset;
    return Math.max(1, ...[ROLES.reduce((sum, role) => sum + Math.ceil(rows[role] / STEP_ROWS), 0)]);
  }

  get done(): boolean {
    return this.#steps >= this.steps;
  }

  /** The rows, once the first of them were read. */
  get packed(): PackedDataset | null {
    return this.#packed;
  }

  /** Reads and keeps the next rows, which are given too; null where there are none. */
  async step(): Promise<{ readonly role: PackedRole; readonly examples: Examples } | null> {
    this.#steps++;
    while (this.#left === 0 && this.#role + 1 < ROLES.length) {
      await this.close();
      this.#left = this.#dataset.rows[ROLES[++this.#role]!];
    }
    if (this.#left === 0) return null;
    const role = ROLES[this.#role]!;
    this.#stream ??= await this.#dataset.stream(role, { batchRows: STEP_ROWS, shuffle: null });
    const examples = await this.#stream.next();
    if (examples === null) return null;
    this.#packed ??= newPacked(this.#dataset, examples);
    this.#packed.stores[role].append(packRows(this.#packed.layout, examples));
    this.#left -= examples.rows?.length ?? examples.table.rows;
    return { role, examples };
  }

  /** Reads on until this many steps were made. */
  async catchUp(steps: number): Promise<void> {
    while (this.#steps < Math.min(steps, this.steps)) await this.step();
  }

  /** Stops reading. The packed rows stay. */
  async close(): Promise<void> {
    const stream = this.#stream;
    this.#stream = null;
    await stream?.close();
  }

  /** Gives everything back. Safe to call twice. */
  async dispose(): Promise<void> {
    await this.close();
    for (const role of ROLES) this.#packed?.stores[role].close();
  }
}

function newPacked({ rows }: Dataset, { table }: Examples): PackedDataset {
  const layout = planLayout(table);
  const store = (role: PackedRole) => new RowStore(rows[role] * layout.stride);
  return { layout, stores: { train: store("train"), validation: store("validation") }, rows };
}
