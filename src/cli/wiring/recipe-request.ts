import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ParameterValues, Recipe } from "../../core/index.ts";
import { loadRecipe } from "../../recipes/index.ts";
import type { TrainRequest, Watch } from "../services.ts";

/** The file of a recipe's synthetic table, under the folder where the user is. */
export function recipeFile(name: string): string {
  return join("data", `${name}.parquet`);
}

/** A request with what its recipe says filled in: data (made where there is none), target, algorithms, settings. */
export async function withRecipe(request: TrainRequest, watch: Watch): Promise<TrainRequest> {
  const { settings, given } = request;
  if (typeof settings.recipe !== "string") return request;
  const recipe = await loadRecipe(settings.recipe);
  const filled: Record<string, ParameterValues[string]> = {
    ...settings,
    ...Object.fromEntries(Object.entries(recipe.settings).filter(([name]) => !given.includes(name))),
  };
  filled.target ??= recipe.target;
  filled.task ??= recipe.task;
  filled.algorithms ??= [...recipe.algorithms];
  filled.ignore = [...new Set([...((filled.ignore as string[] | undefined) ?? []), ...recipe.ignore])];
  filled.data ??= await madeTable(recipe, watch);
  return { ...request, settings: filled };
}

async function madeTable(recipe: Recipe, watch: Watch): Promise<string> {
  const path = recipeFile(recipe.name);
  const known = existsSync(path);
  if (!known) watch.observer.notice(`Making the synthetic ${recipe.name} table, once: ${path}`);
  await generateRecipe(recipe, { path }, watch);
  return path;
}

/** Makes a recipe's table with progress; keeps one that is there. */
export async function generateRecipe(
  recipe: Recipe,
  options: { readonly path: string; readonly rows?: number; readonly seed?: number },
  watch: Watch,
): Promise<{ readonly rows: number }> {
  await mkdir(dirname(options.path), { recursive: true });
  const begun = performance.now();
  return recipe.generate!({
    ...options,
    signal: watch.stop,
    onProgress: (done, total) => {
      const seconds = (performance.now() - begun) / 1000;
      watch.observer.progress({
        stage: "generate",
        report: { done: done === total, step: done, total, unit: "row" },
        seconds,
        secondsLeft: (seconds * (total - done)) / done,
      });
    },
  });
}
