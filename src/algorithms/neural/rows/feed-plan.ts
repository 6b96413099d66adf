import { MemoryPlan } from "../../../kernels/memory-plan.ts";
import { fieldBytes, writeFields } from "../../../kernels/rows/index.ts";
import type { Encoder } from "../encoder.ts";
import { denseWidth } from "../encoding.ts";
import { type PackedLayout, rowFields } from "./packed-layout.ts";
import { WINDOW_ROWS } from "./pass-order.ts";
import type { PackedDataset, PackedRole } from "./row-packer.ts";
import type { StoredRows } from "./row-store.ts";

/** Addresses of one batch. */
export interface Slot {
  readonly dense: number;
  /** Embedding by embedding, `capacity` codes each. */
  readonly codes: number;
  readonly target: number;
  readonly weight: number;
  readonly rawTarget: number;
  readonly rawWeight: number;
}

/** Everything that batches are made from and where they are put. Goes to another thread as it is. */
export interface FeedPlan {
  readonly memory: WebAssembly.Memory;
  readonly encoder: Encoder;
  readonly layout: PackedLayout;
  readonly roles: Readonly<Record<PackedRole, StoredRole>>;
  readonly fields: number;
  readonly window: number;
  readonly order: number;
  readonly width: number;
  /** Rows of the largest batch. */
  readonly capacity: number;
  readonly slots: readonly Slot[];
  /** Batches that are filled together and used together. */
  readonly group: number;
}

export interface StoredRole {
  readonly stored: StoredRows;
  readonly rows: number;
  readonly batchRows: number;
}

/** Batches that may wait, for one that is used; large ones take turns in two. */
const SLOTS = 4;
const LARGE_BATCH = 16 * 2 ** 20;

/**
 * Plans the memory of batches and writes the encoding into it.
 *
 * @param batchRows rows of a batch, by role
 * @param group batches that are used together
 */
export function planFeed(
  { layout, stores, rows }: PackedDataset,
  encoder: Encoder,
  batchRows: Readonly<Record<PackedRole, number>>,
  group = 1,
): FeedPlan {
  const { inputs } = encoder;
  const fields = rowFields(layout, inputs);
  const width = inputs.reduce((sum, input) => sum + denseWidth(input), 0);
  const embedded = inputs.filter(({ kind }) => kind === "embedding").length;
  const longest = (["train", "validation"] as const).map((role) => Math.min(batchRows[role], rows[role]));
  const capacity = Math.max(1, ...longest);
  const count = capacity * width * 4 > LARGE_BATCH ? 2 * group : Math.max(SLOTS, 2 * group);
  const plan = new MemoryPlan();
  const windowRows = Math.min(WINDOW_ROWS, Math.max(rows.train, rows.validation));
  const addresses = {
    fields: plan.reserve(fieldBytes(fields)),
    window: plan.reserve(windowRows * layout.stride),
    order: plan.reserve(windowRows * 4),
    slots: Array.from({ length: count }, () => ({
      dense: plan.reserve(capacity * width * 4),
      codes: plan.reserve(capacity * embedded * 4),
      target: plan.reserve(capacity * encoder.network.outputs * 4),
      weight: plan.reserve(capacity * 4),
      rawTarget: plan.reserve(capacity * 8),
      rawWeight: plan.reserve(capacity * 8),
    })),
  };
  const memory = plan.create(capacity, "train in batches");
  writeFields(memory, addresses.fields, fields);
  const role = (name: PackedRole): StoredRole => ({
    stored: stores[name].rows,
    rows: rows[name],
    batchRows: batchRows[name],
  });
  const roles = { train: role("train"), validation: role("validation") };
  return { memory, encoder, layout, roles, width, capacity, group, ...addresses };
}
