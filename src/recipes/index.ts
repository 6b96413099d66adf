import { type ParameterValues, type Recipe, type TableSource, unknownName } from "../core/index.ts";
import { withLabelColumn } from "../data/index.ts";
import { ruleColumns } from "../features/index.ts";
import { expandNames } from "./groups.ts";

export { GROUPS, isGroup, shortName } from "./groups.ts";

/** Every recipe there is, by the name that users type; loaded when it is asked for. */
export const RECIPES: Readonly<Record<string, () => Promise<Recipe>>> = {
  "paddle-safety": async () => (await import("./paddle-safety/index.ts")).paddleSafety,
  "highway-traffic": async () => (await import("./highway-traffic/index.ts")).highwayTraffic,
  "transactions-category": async () => (await import("./transactions/index.ts")).transactionsCategory,
  "transactions-amount": async () => (await import("./transactions/index.ts")).transactionsAmount,
  "transactions-anomaly": async () => (await import("./transactions/index.ts")).transactionsAnomaly,
  "transactions-cashflow": async () => (await import("./transactions/index.ts")).transactionsCashflow,
  emotions: async () => (await import("./emotions/index.ts")).emotions,
  "assistant-intent": async () => (await import("./assistant/intent/index.ts")).assistantIntent,
  "assistant-ner": async () => (await import("./assistant/ner/index.ts")).assistantNer,
  "assistant-credit-risk": async () => (await import("./assistant/credit-risk/index.ts")).assistantCreditRisk,
  "assistant-spending": async () => (await import("./assistant/spending/index.ts")).assistantSpending,
  "assistant-recommendation": async () => (await import("./assistant/recommendation/index.ts")).assistantRecommendation,
};

/**
 * Loads a recipe.
 *
 * @throws KaaykoError (usage) for an unknown name, with a suggestion
 */
export async function loadRecipe(name: string): Promise<Recipe> {
  const load = Object.hasOwn(RECIPES, name) ? RECIPES[name] : undefined;
  if (load === undefined) throw unknownName("recipe", name, Object.keys(RECIPES));
  return load();
}

/**
 * The recipes that names stand for, each once, in the order named: full names, short ones ("ner" for "assistant-ner") where only one
 * recipe has them, and names of groups.
 *
 * @param within names of recipes or groups: only they are meant. Default all recipes
 * @throws KaaykoError (usage) for a name that is unknown, with a suggestion, or that several recipes have
 */
export function recipesNamed(names: readonly string[], within: readonly string[] = []): string[] {
  const all = Object.keys(RECIPES);
  return expandNames(names, within.length === 0 ? all : expandNames(within, all));
}

/** The recipe that the settings of a run name; null where they name none. */
export async function recipeOf(settings: ParameterValues): Promise<Recipe | null> {
  return typeof settings.recipe === "string" ? loadRecipe(settings.recipe) : null;
}

/** A table as a recipe reads it. One that is to be read by a target of the user's own stays as it is. */
export async function adaptTable(
  recipe: Recipe | null,
  source: TableSource,
  settings: ParameterValues = {},
): Promise<TableSource> {
  if (recipe === null || isOther(recipe, settings)) return source;
  return (await recipe.adapt?.(source)) ?? source;
}

/** Name of the column that labels of anomalies are looked for in, where none is named. */
const ANOMALY_LABEL = "is_anomaly";

/** As `adaptTable`, with the columns that the recipe makes for training; anomalies need no labels. */
export async function trainingTable(
  recipe: Recipe | null,
  source: TableSource,
  settings: ParameterValues = {},
): Promise<TableSource> {
  const table = await adaptTable(recipe, source, settings);
  const derived = recipe?.derive === undefined || isOther(recipe, settings) ? table : recipe.derive(table);
  return settings.task === "anomaly" ? withLabelColumn(derived, String(settings.target ?? ANOMALY_LABEL)) : derived;
}

/** Whether a table is to be read by a target of the user's own. */
function isOther({ target: own }: Recipe, { target }: ParameterValues): boolean {
  return target !== undefined && target !== own;
}

/** Columns that a recipe's rules look at: features whatever they look like. */
export function columnsOfRules(recipe: Recipe | null): string[] {
  return recipe?.rules === undefined ? [] : ruleColumns(recipe.rules);
}
