import type { Labels } from "../losses/index.ts";
import type { TreeMachine } from "../machine/machine.ts";
import type { RowSet } from "../machine/row-set.ts";

/** The labels of some rows, as views of a machine's memory. */
export function labelsOf(machine: TreeMachine, set: RowSet): Labels {
  const { buffer } = machine.bytes;
  return {
    rows: set.rows,
    target: new Float64Array(buffer, set.target, set.rows),
    weight: set.weight === 0 ? null : new Float32Array(buffer, set.weight, set.rows),
  };
}
