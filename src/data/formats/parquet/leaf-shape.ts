import type { SchemaElement } from "hyparquet";
import type { ListLevels } from "./file-layout.ts";

/** A column of plain values, or of lists of them. */
export interface LeafShape {
  /** The element that the values are of. */
  readonly element: SchemaElement;
  /** Names from the column down to it, with a dot between them. */
  readonly path: string;
  readonly list: ListLevels | undefined;
}

/**
 * How a column is stored, from its part of the schema: one value a row, or a list in any of the forms of parquet-format's
 * LogicalTypes.md (a repeated value; one within a group; one within a repeated group within a group).
 *
 * @returns undefined for a map, a struct, or lists of these or of lists
 */
export function leafShape(elements: readonly SchemaElement[]): LeafShape | undefined {
  const element = elements.at(-1)!;
  const repeated = elements.findIndex(({ repetition_type: type }) => type === "REPEATED");
  // Every element but the last is a group of one.
  const straight = elements.every(
    ({ num_children: children }, i) => (children ?? 0) === (i === elements.length - 1 ? 0 : 1),
  );
  if (!straight || element.type === undefined) return undefined;
  const path = elements.map(({ name }) => name).join(".");
  if (elements.length === 1 && repeated < 0) return { element, path, list: undefined };
  const once = repeated === elements.findLastIndex(({ repetition_type: type }) => type === "REPEATED");
  if (!once || repeated !== Math.min(1, elements.length - 1) || elements.length > 3) return undefined;
  const optional = (own: readonly SchemaElement[]) =>
    own.filter(({ repetition_type: type }) => type === "OPTIONAL").length;
  const empty = optional(elements.slice(0, repeated));
  return { element, path, list: { empty, present: empty + 1 + optional(elements.slice(repeated + 1)) } };
}
