import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hashJson, hashState } from "../../src/core/index.ts";
import { createTableLoader, decideColumns, inferTask, type LoadRequest, openSource } from "../../src/data/index.ts";
import { createFeatureFitter, createFittedDataset } from "../../src/features/index.ts";
import { expectResumable } from "../conformance/resumable.ts";
import { splitTable } from "./split-table.ts";

const DATA = fileURLToPath(new URL("../../../shared/data/", import.meta.url));

/** A reason to skip: the data is not in every checkout, and a format not in every build. */
async function isThere(path: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  return openSource(path).then(
    () => true,
    (error: Error) => !/this build must have/.test(error.message),
  );
}

const files = [
  { path: `${DATA}california/housing.csv`, target: "median_house_value", kind: "regression", features: 9 },
  { path: `${DATA}nyc_weather/weather.csv`, target: "wind_speed", kind: "regression", features: 18 },
  { path: `${DATA}agaricus/agaricus.txt.train`, target: "target", kind: "binary", features: 116 },
  { path: `${DATA}banking77/train.csv`, target: "category", kind: "multiclass", features: 5 },
];

for (const { path, target, kind, features } of files) {
  const there = await isThere(path);
  describe.skipIf(!there)(`${path.slice(DATA.length)}${there ? "" : " (not here)"}`, () => {
    it("gives the same features and rows in memory and streamed", async () => {
      const prepare = async (mode: "memory" | "stream") => {
        const loader = await createTableLoader({ source: await openSource(path), mode });
        while (!(await loader.step()).done);
        const loaded = await loader.product();
        const { task } = inferTask(loaded.profile, target);
        const decisions = decideColumns(loaded.profile, { target });
        const roles = await splitTable(loaded, task, { validationSize: 0.1, testSize: 0.1 });
        const fitter = createFeatureFitter({ loaded, decisions, roles, task, seed: 42 });
        while (!(await fitter.step()).done);
        const fitted = await fitter.product();
        const dataset = await createFittedDataset({ loaded, fitted, task, roles });
        const stream = await dataset.stream("validation", { batchRows: 500, shuffle: null });
        const batches: string[] = [];
        for (let batch = await stream.next(); batch !== null; batch = await stream.next()) {
          const columns = batch.table.columns.map((column) =>
            Float64Array.from(column.kind === "numeric" ? column.values : column.codes),
          );
          batches.push(
            hashState({ json: {}, arrays: { ...Object.fromEntries(columns.entries()), target: batch.target } }),
          );
        }
        await stream.close();
        return { profile: loaded.profile, pipeline: fitted.pipeline, rows: dataset.rows, batches, task };
      };
      const memory = await prepare("memory");
      expect(memory.task.kind).toBe(kind);
      expect(memory.pipeline.features.length).toBe(features);
      expect(hashJson(await prepare("stream"))).toBe(hashJson(memory));
    });

    it.each(["memory", "stream"] as const)("is loaded, %s, as if never stopped", async (mode) => {
      const sample: Pick<LoadRequest, "sample"> = { sample: { size: { kind: "share", share: 0.3 }, seed: 1 } };
      for (const part of [{}, sample]) {
        const steps = await expectResumable({
          make: async () => createTableLoader({ source: await openSource(path), mode, batchRows: 1500, ...part }),
          outcome: async (loader) => {
            const { profile, table } = await loader.product();
            const columns = table?.columns.map((column) =>
              "codes" in column
                ? hashState({ json: { dictionary: [...column.dictionary] }, arrays: { codes: column.codes } })
                : hashState({ json: {}, arrays: { values: column.values } }),
            );
            return hashJson([profile, columns ?? null]);
          },
          dispose: (loader) => loader.dispose(),
          points: 3,
        });
        expect(steps).toBeGreaterThan(3);
      }
    });
  });
}
