import { type Derivation, KaaykoError, type TableSource } from "../../core/index.ts";
import { dayDeriver } from "../days/index.ts";
import { transactionDeriver } from "../transactions/index.ts";
import { derivedSource } from "./derived-source.ts";
import type { Deriver } from "./deriver.ts";

export type { DeriveOptions, Deriver, RowDeriver } from "./deriver.ts";
export { isDerivation } from "./stored-derivation.ts";
export { derivedSource };

/** Whatever makes columns before the encoders, by the name that models keep. */
const DERIVERS: Readonly<Record<string, Deriver>> = {
  [transactionDeriver.name]: transactionDeriver,
  [dayDeriver.name]: dayDeriver,
};

/**
 * What made the columns of a model.
 *
 * @throws KaaykoError (damaged) where this release has none of that name and version
 */
export function deriverOf({ by, version }: Derivation): Deriver {
  const deriver = Object.hasOwn(DERIVERS, by) ? DERIVERS[by] : undefined;
  if (deriver !== undefined && deriver.version === version) return deriver;
  throw new KaaykoError({
    action: "make the columns that the model was trained with",
    rule: "this release must know how",
    got: `${by}, version ${version}`,
    remedy: "Train it again, or use the release that it was trained with.",
    kind: "damaged",
  });
}

/** What it means where a column that was made is far higher, or lower, than usual; undefined where nobody has words for it. */
export function wordsOf(derivation: Derivation | undefined, column: string, high: boolean): string | undefined {
  return derivation === undefined ? undefined : deriverOf(derivation).words?.(column, high);
}

/** A table of a model's own columns with those that the model makes of them; without a derivation the table as it is. */
export function withDerivation(source: TableSource, derivation: Derivation | undefined): TableSource {
  if (derivation === undefined) return source;
  return derivedSource(source, deriverOf(derivation), { state: derivation.state });
}
