import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { transform } from "sucrase";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject, Rules } from "../../src/core/index.ts";
import { GradientBoosting, RandomForest } from "../../src/library/index.ts";
import { createModelPredictor, exportModel, importModel, type Model, predictRows } from "../../src/models/index.ts";

const FIXTURES = new URL("../fixtures/interchange/", import.meta.url);
const cells = JSON.parse(readFileSync(new URL("golden.json", FIXTURES), "utf8")).cells as (number | null)[][];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-standalone-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the module predicts, in a process that knows nothing of kaayko. */
function alone(source: string, rows: readonly JsonObject[]): JsonObject[] {
  const path = join(folder, "model.mjs");
  writeFileSync(path, source);
  const script = `import { predict } from ${JSON.stringify(pathToFileURL(path).href)};
    console.log(JSON.stringify(JSON.parse(process.argv[1]).map(predict)));`;
  const done = spawnSync(process.execPath, ["--input-type=module", "-e", script, "--", JSON.stringify(rows)], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(done.stderr).toBe("");
  return JSON.parse(done.stdout);
}

async function sourceOf(model: Model, format: "typescript" | "javascript" | "wasm"): Promise<string> {
  const text = new TextDecoder().decode((await exportModel(model, format)).content);
  return format !== "typescript"
    ? text
    : transform(text, { transforms: ["typescript"], disableESTransforms: true }).code;
}

/** The compiler has nothing to say of a module, however strict it is. */
function expectTypes(source: string | Uint8Array): void {
  const path = join(folder, "typed.ts");
  writeFileSync(path, source);
  const compiler = fileURLToPath(new URL("../../node_modules/.bin/tsc", import.meta.url));
  const flags = ["--noEmit", "--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--lib", "es2022,dom"];
  const { stdout } = spawnSync(compiler, [...flags, path], { encoding: "utf8", cwd: folder });
  expect(stdout).toBe("");
}

async function expectSame(model: Model, rows: readonly JsonObject[]): Promise<void> {
  const predictor = await createModelPredictor(model);
  const known = (await predictRows(predictor, rows)).map(({ rules: _, class: _band, warnings: _none, ...row }) => row);
  await predictor.dispose();
  for (const format of ["javascript", "typescript", "wasm"] as const) {
    const ours = alone(await sourceOf(model, format), rows);
    ours.forEach((row, i) => {
      expect(Object.keys(row)).toEqual(Object.keys(known[i]!));
      for (const [name, value] of Object.entries(row))
        if (typeof value === "number") expect(value).toBeCloseTo(known[i]![name] as number, 12);
        else expect(value).toBe(known[i]![name]);
    });
  }
}

describe("a model that stands alone predicts as it does here", () => {
  const golden = cells.map(([number, small, kind]): JsonObject => {
    return { number: number!, small: small!, kind: kind === null ? null : String(kind) };
  });

  it.each(["lightgbm-multiclass-codes.txt", "xgboost-poisson.json", "lightgbm-binary-codes.txt"])(
    "%s",
    async (name) => {
      const { model } = importModel(readFileSync(new URL(name, FIXTURES)));
      await expectSame(model, [...golden, { number: null, small: null, kind: "never seen" }]);
    },
  );

  const area = Array.from({ length: 200 }, (_, i) => (i * 37) % 170);
  const city = area.map((_, i) => (i % 5 === 0 ? null : ["Oslo", "Lyon"][i % 2]!));
  const target = area.map((value, i) => value + (city[i] === "Oslo" ? 60 : 0));
  const rows = area.map((value, i): JsonObject => ({ area: i % 9 === 0 ? null : value + 0.5, city: city[i]! }));

  const classes = target.map((value) => (value > 150 ? "large" : value > 70 ? "middle" : "small"));

  it("a random forest of three classes", async () => {
    const forest = await new RandomForest({ trees: 10 }).fit({ columns: { area, city }, target: classes });
    await expectSame(forest.model, rows);
  });

  it("classes that may all be out of scope", async () => {
    const { model } = await new RandomForest({ trees: 10 }).fit({ columns: { area, city }, target: classes });
    const scoped = { ...model, task: { ...model.task, outOfScope: "none of them" }, thresholds: [0.9] };
    await expectSame(scoped, rows);
    const answers = new Set(alone(await sourceOf(scoped, "javascript"), rows).map(({ prediction }) => prediction));
    expect(answers.has("none of them") && answers.size > 1).toBe(true);
    expectTypes((await exportModel(scoped, "typescript")).content);
    const { features } = await exportModel(scoped, "onnx");
    expect(features.outOfScope).toEqual({ name: "none of them", threshold: 0.9 });
  });

  it("boosted trees under rules", async () => {
    const { model } = await new GradientBoosting({ rounds: 20 }).fit({ columns: { area, city }, target });
    const rules: Rules = {
      range: { low: 20, high: 180 },
      caps: [{ name: "huge", all: [{ column: "area", is: "above", value: 120 }], cap: 60, reason: "Too large." }],
      unknown: { name: "unknown", missingAtMost: 0, cap: 40, reason: "Too little is known." },
      monotone: {},
      inputs: [],
      places: null,
      bands: [],
    };
    await expectSame({ ...model, rules }, rows);
    expectTypes((await exportModel({ ...model, rules }, "typescript")).content);
  });

  it("asks for every column", async () => {
    const { model } = importModel(readFileSync(new URL("lightgbm-zero.txt", FIXTURES)));
    const script = `${await sourceOf(model, "javascript")}\ntry { predict({ number: 1 }); } catch (error) { console.log(error.message); }`;
    const done = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(done.stdout).toContain('the row must have "small"');
  });
});
