import { KaaykoError, unknownName } from "../core/index.ts";
import { parseGate } from "./gate.ts";
import type { TrainingOptions } from "./options.ts";

const BUILT_IN = ["load", "features", "train", "evaluate", "save", "done"];

/**
 * Checks what can be checked before anything is read.
 *
 * @throws KaaykoError (usage)
 */
export function checkRequest({ settings, algorithmSettings, algorithms, customStages }: TrainingOptions): void {
  const known = Object.keys(algorithms);
  const named = (settings.algorithms as string[] | undefined) ?? [];
  for (const name of [...named, ...Object.keys(algorithmSettings ?? {})])
    if (!Object.hasOwn(algorithms, name)) throw unknownName("algorithm", name, known);
  if (typeof settings.minScore === "string") parseGate(settings.minScore, null);
  if (settings.folds === 1)
    throw new KaaykoError({
      action: "cross-validate",
      rule: "there must be at least 2 folds",
      got: "1",
      remedy: "Use --folds 5, or 0 for none.",
      kind: "usage",
    });
  const names = (customStages ?? []).map(({ name }) => name);
  for (const [index, name] of names.entries())
    if (BUILT_IN.includes(name) || names.indexOf(name) !== index || name.includes("/"))
      throw new KaaykoError({
        action: `add the stage ${JSON.stringify(name)}`,
        rule: "its name must be its own and hold no slash",
        kind: "usage",
      });
}
