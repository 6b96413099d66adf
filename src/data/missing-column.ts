import { KaaykoError, suggest } from "../core/index.ts";

/** The error for a column that a table does not have, with the nearest name. */
export function missingColumn(path: string, name: string, names: readonly string[]): KaaykoError {
  const near = suggest(name, names);
  const some = names.slice(0, 20).join(", ") + (names.length > 20 ? `, … (${names.length})` : "");
  return new KaaykoError({
    action: `use column ${JSON.stringify(name)}`,
    rule: `${path} must have it`,
    got: some,
    kind: "input",
    remedy:
      near === undefined
        ? "Name one of these columns, or use a table that has it."
        : `Did you mean ${JSON.stringify(near)}?`,
  });
}
