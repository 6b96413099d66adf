import { KaaykoError, unknownName } from "../core/index.ts";

/** Recipes that belong together, by the name that trains them all. */
export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  assistant: [
    "assistant-intent",
    "assistant-ner",
    "assistant-credit-risk",
    "assistant-spending",
    "assistant-recommendation",
  ],
  transactions: ["transactions-category", "transactions-amount", "transactions-anomaly", "transactions-cashflow"],
};

/** Whether a name stands for several recipes. */
export function isGroup(name: unknown): name is string {
  return typeof name === "string" && Object.hasOwn(GROUPS, name);
}

/**
 * The recipes that names stand for, each once, in the order named: full names, short ones ("ner" for "assistant-ner") where only one
 * recipe has them, and names of groups.
 *
 * @param among recipes that may be meant
 * @throws KaaykoError (usage) for a name that is unknown, with a suggestion, or that several recipes have
 */
export function expandNames(names: readonly string[], among: readonly string[]): string[] {
  return [...new Set(names.flatMap((name) => recipesOf(name, among)))];
}

function recipesOf(name: string, among: readonly string[]): string[] {
  if (among.includes(name)) return [name];
  const members = isGroup(name) ? GROUPS[name]!.filter((member) => among.includes(member)) : [];
  if (members.length > 0) return members;
  const found = among.filter((recipe) => shortName(recipe) === name);
  if (found.length === 1) return found;
  if (found.length === 0)
    throw unknownName("recipe", name, [...among, ...among.map(shortName), ...Object.keys(GROUPS)]);
  throw new KaaykoError({
    action: `train ${name}`,
    rule: "only one recipe may have a short name",
    got: found.join(", "),
    remedy: `Write its whole name, such as ${found[0]}.`,
    kind: "usage",
  });
}

/** "ner" for "assistant-ner"; the name itself where it belongs to no group. */
export function shortName(recipe: string): string {
  const group = Object.keys(GROUPS).find((name) => recipe.startsWith(`${name}-`));
  return group === undefined ? recipe : recipe.slice(group.length + 1);
}
