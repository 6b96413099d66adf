import type { Dataset } from "../../../core/index.ts";
import type { ColumnLayout } from "../binning/column-layout.ts";
import { BLOCK_ROWS } from "../machine/machine-sizes.ts";
import type { MachineRows, PrepareOptions } from "../machine/make-machine.ts";
import { streamedBytes } from "./streamed-bins.ts";

/** The process, its threads and buffers for reading, beside rows. */
const FIXED_BYTES = 64e6;
/** Row number, and what an output needs: score, target, gradient and hessian; or a residual alone. */
const ROW_NUMBER_BYTES = 2;
const RESIDUAL_BYTES = 4;
const ROLE_BYTES = 1;
/** Where leaves are renewed, gradients come from outside, or rows are drawn by the size of theirs. */
const RENEWAL_BYTES = 16;
const GIVEN_BYTES = 16;
const SIZE_BYTES = 4;
/** Of a memory's 4 GiB, what is left to bins. */
const MOST_BYTES = 2 ** 31;

/** How many blocks of bins stay in memory: as many as the dataset's limit leaves room for, beside what every row keeps there. */
export function residentBlocks(
  { maxMemory = 0 }: Pick<Dataset, "maxMemory">,
  { trainRows, validationRows, residual }: MachineRows,
  { stride }: Pick<ColumnLayout, "stride">,
  { classes, renews, given, oneSided }: Pick<PrepareOptions, "classes" | "renews" | "given" | "oneSided">,
): number {
  const scored = 8 * classes + 8;
  const further = (renews ? RENEWAL_BYTES : 0) + (given ? GIVEN_BYTES : 0) + (oneSided ? SIZE_BYTES : 0);
  const perRow = ROLE_BYTES + ROW_NUMBER_BYTES + (residual ? RESIDUAL_BYTES : scored + 16) + further;
  const state = trainRows * perRow + validationRows * (ROLE_BYTES + scored + stride) + FIXED_BYTES;
  const blockBytes = BLOCK_ROWS * stride;
  const room = Math.min(MOST_BYTES, maxMemory - state) - streamedBytes({ residentBlocks: 0 }, blockBytes);
  return Math.max(0, Math.min(Math.ceil(trainRows / BLOCK_ROWS), Math.floor(room / blockBytes)));
}
