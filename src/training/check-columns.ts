import { KaaykoError, type ParameterValues, type SourceDescription } from "../core/index.ts";
import { missingColumn } from "../data/index.ts";

/**
 * Checks that the columns which settings name are there and can be read.
 *
 * @throws KaaykoError (input) where one is not, (usage) where none is named to be predicted
 */
export function checkColumns(path: string, description: SourceDescription, settings: ParameterValues): void {
  const names = description.columns.map(({ name }) => name);
  const single = ["target", "weight", "group", "time"].flatMap((setting) => {
    const name = settings[setting];
    return typeof name === "string" ? [name] : [];
  });
  const list = (setting: string): string[] => (settings[setting] as string[] | undefined) ?? [];
  const unreadable = new Map(description.unreadable.map(({ name, reason }) => [name, reason]));
  for (const name of [...single, ...list("categorical")]) {
    const reason = unreadable.get(name);
    if (reason !== undefined)
      throw new KaaykoError({
        action: `use column ${JSON.stringify(name)}`,
        rule: "it must be one that can be read as a table's column",
        got: reason,
        remedy: "Use another column, or write this one as plain values first.",
        kind: "input",
      });
    if (!names.includes(name)) throw missingColumn(path, name, names);
  }
  // A column that can't be read is left out anyway.
  for (const name of list("ignore"))
    if (!names.includes(name) && !unreadable.has(name)) throw missingColumn(path, name, names);
  if (typeof settings.target !== "string")
    throw new KaaykoError({
      action: "train",
      rule: "the column to predict must be named",
      remedy: `Use --target COL, one of: ${names.slice(0, 20).join(", ")}.`,
      kind: "usage",
    });
}
