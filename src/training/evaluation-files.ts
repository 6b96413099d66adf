import { KaaykoError, type ParameterValues } from "../core/index.ts";

/** Words that metrics of a round begin with already. */
const TAKEN = ["train", "validation", "test"];

/**
 * The tables of `--eval`, by name.
 *
 * @throws KaaykoError (usage) where one has no name, or another's
 */
export function evaluationFiles({ eval: given }: ParameterValues): { readonly name: string; readonly path: string }[] {
  const files = ((given as readonly string[] | undefined) ?? []).map((entry) => {
    const at = entry.indexOf("=");
    return { name: entry.slice(0, Math.max(0, at)), path: entry.slice(at + 1), entry };
  });
  files.forEach(({ name, path, entry }, i) => {
    const isNew = files.findIndex((file) => file.name === name) === i && !TAKEN.includes(name);
    if (/^[A-Za-z][\w-]*$/.test(name) && path !== "" && isNew) return;
    throw new KaaykoError({
      action: "evaluate each round",
      rule: "a table must be given as NAME=FILE, each name of letters and digits, once",
      got: entry,
      remedy: "For example --eval autumn=autumn.parquet.",
      kind: "usage",
    });
  });
  return files;
}
