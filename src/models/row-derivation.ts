import type { Batch, Derivation } from "../core/index.ts";
import { deriverOf } from "../features/index.ts";
import type { Model } from "./package.ts";

/** How raw rows become rows that a model's encoders read. */
export interface RowDerivation {
  /** The table's own columns that a model needs. */
  readonly inputs: Derivation["inputs"];
  /** The rows with the columns that are made of them, each row for itself; as they are where they have these already. */
  derive(batch: Batch): Batch;
}

/** @throws KaaykoError (damaged) where the model's columns were made by something that this release does not know */
export function createRowDerivation({ pipeline: { columns, derived }, task }: Model): RowDerivation {
  if (derived === undefined) return { inputs: columns, derive: (batch) => batch };
  const rows = deriverOf(derived).start({ state: derived.state });
  const made = new Set(derived.outputs);
  const inputs = new Map(derived.inputs.map((input) => [input.name, input]));
  for (const column of columns) if (!made.has(column.name)) inputs.set(column.name, column);
  // What is to be predicted is known of earlier rows only.
  inputs.delete(task.target);
  return {
    inputs: [...inputs.values()],
    derive: (batch) =>
      batch.columns.some(({ name }) => made.has(name))
        ? batch
        : { ...batch, columns: [...batch.columns, ...rows.alone(batch)] },
  };
}
