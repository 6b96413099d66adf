import type { Column, ColumnKind } from "../../../core/index.ts";
import { CodeStore, NumberStore } from "../text/column-store.ts";
import { isStringKind } from "../text/kinds.ts";
import { type CellTarget, columnBytes, type ParsedBlock, targetBytes } from "./block-parser.ts";

/** A column to build: what it is for the reader's caller, and how its cells are parsed. */
export interface ColumnPlan {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly column: number;
  readonly as: CellTarget;
}

/** Puts the pieces of one column together, batch after batch. */
export interface ColumnBuilder {
  /** The next batch starts. */
  start(rows: number): void;
  /** Appends rows [from, to) of a block; `at` is where the column's values start in it. */
  append(block: ParsedBlock, at: number, from: number, to: number): void;
  batch(): Column;
  /** Everything appended so far; only of a builder that keeps it. */
  whole(): Column;
}

/** Where the columns start in a block's values. */
export function blockOffsets(plans: readonly ColumnPlan[], rows: number): number[] {
  let at = 0;
  return plans.map(({ as }) => {
    const start = at;
    at += columnBytes(as, rows);
    return start;
  });
}

/** @param keepRows rows of the whole table where it is to be kept, else undefined */
export function columnBuilders(plans: readonly ColumnPlan[], keepRows: number | undefined): ColumnBuilder[] {
  let strings = 0;
  return plans.map(({ name, kind, as }) => {
    if (isStringKind(kind)) return stringBuilder(new CodeStore({ name, kind, keepRows }), strings++);
    const double = targetBytes(as) === 8;
    return numberBuilder(new NumberStore({ name, kind, keepRows }, double), double);
  });
}

function numberBuilder(store: NumberStore, double: boolean): ColumnBuilder {
  let values: Float32Array | Float64Array = new Float32Array(0);
  let filled = 0;
  return {
    start(rows) {
      values = store.start(rows);
      filled = 0;
    },
    append(block, at, from, to) {
      const piece = double
        ? new Float64Array(block.values, at + from * 8, to - from)
        : new Float32Array(block.values, at + from * 4, to - from);
      values.set(piece, filled);
      filled += to - from;
    },
    batch: () => store.batch(),
    whole: () => store.whole(),
  };
}

/** @param textsAt the column's place among those read as codes */
function stringBuilder(store: CodeStore, textsAt: number): ColumnBuilder {
  let filled = 0;
  let translatedBlock: ParsedBlock | undefined;
  /** The code of each text of the block, 0 where it has none yet. */
  let translated = new Uint32Array(0);
  return {
    start(rows) {
      store.start(rows);
      filled = 0;
      translatedBlock = undefined;
    },
    append(block, at, from, to) {
      const texts = block.texts[textsAt]!;
      if (translatedBlock !== block) {
        translatedBlock = block;
        if (translated.length > texts.length) translated.fill(0, 0, texts.length + 1);
        else translated = new Uint32Array(texts.length + 1);
      }
      const local = new Uint32Array(block.values, at + from * 4, to - from);
      for (let row = 0; row < local.length; row++) {
        const code = local[row]!;
        if (code !== 0 && translated[code] === 0) translated[code] = store.codeFor(texts[code - 1]!);
      }
      const codes = store.target();
      for (let row = 0; row < local.length; row++) codes[filled + row] = translated[local[row]!]!;
      filled += local.length;
    },
    batch: () => store.batch(),
    whole: () => store.whole(),
  };
}
