import { type Recipe, unknownName } from "../core/index.ts";

/** Every recipe there is, by the name that users type; loaded when it is asked for. */
export const RECIPES: Readonly<Record<string, () => Promise<Recipe>>> = {
  "paddle-safety": async () => (await import("./paddle-safety/index.ts")).paddleSafety,
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
