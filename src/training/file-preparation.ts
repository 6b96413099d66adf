import type { TableSource } from "../core/index.ts";
import { evaluationFiles } from "./evaluation-files.ts";
import { createFeatureStage } from "./feature-stage.ts";
import { createForecastStage } from "./forecast/forecast-stage.ts";
import { createLoadStage, type LoadedTables } from "./load-tables.ts";
import type { Preparation } from "./preparation.ts";

/**
 * Tables from files: the settings `data`, `test` and `eval` name them.
 *
 * @param openTable opens a file by its format
 * @param keep columns that are features whatever they look like: those that rules look at. Default none
 */
export function createFilePreparation(
  openTable: (path: string) => Promise<TableSource>,
  keep: readonly string[] = [],
): Preparation<LoadedTables> {
  return {
    createLoader: async (settings, need) => {
      const main = await openTable(String(settings.data));
      const test = typeof settings.test === "string" ? await openTable(settings.test) : null;
      const evaluations = [];
      for (const { name, path } of evaluationFiles(settings)) evaluations.push({ name, source: await openTable(path) });
      return createLoadStage({ main, test, evaluations }, settings, need);
    },
    createFitter: async (loaded, settings, parts, kept) =>
      settings.task === "forecast"
        ? createForecastStage(loaded, settings)
        : createFeatureStage(loaded, settings, { parts, keep, kept: kept ?? null }),
  };
}
