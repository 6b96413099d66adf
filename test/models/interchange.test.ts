import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import {
  createModelPredictor,
  exportModel,
  importModel,
  packModel,
  predictRows,
  unpackModel,
} from "../../src/models/index.ts";

const FOLDER = new URL("../fixtures/interchange/", import.meta.url);
const read = (name: string): Buffer => readFileSync(new URL(name, FOLDER));
const golden = JSON.parse(read("golden.json").toString("utf8"));

it("a model of another program is a package that predicts raw rows", async () => {
  const imported = importModel(read("xgboost-binary-frame.json"), { target: "left", classes: ["no", "yes"] });
  const [json, arrays] = packModel(imported.model);
  const { model } = unpackModel(json![1], arrays![1], "the package");
  const predictor = await createModelPredictor(model);
  const rows = golden.cells.map(([number, small, code]: (number | null)[]) => ({
    number,
    small,
    kind: code === null ? null : `kind ${String(code).padStart(2, "0")}`,
  }));
  const predicted = await predictRows(predictor, rows);
  await predictor.dispose();
  golden.models["xgboost-binary-frame.json"].forEach(([theirs]: number[], row: number) => {
    expect(predicted[row]!.probability).toBeCloseTo(theirs!, 6);
    expect(predicted[row]!.prediction).toBe(theirs! >= 0.5 ? "yes" : "no");
  });
});

it("an exported model says what its features are", async () => {
  const { model } = importModel(read("lightgbm-multiclass-frame.txt"));
  for (const format of ["xgboost", "lightgbm", "onnx"] as const) {
    const { content, features } = await exportModel(model, format);
    expect(content.length).toBeGreaterThan(1000);
    expect(features).toMatchObject({
      task: "multiclass",
      classes: ["0", "1", "2"],
      features: [{ name: "number" }, { name: "small" }, { name: "kind", kind: "categorical" }],
    });
    expect((features.features as { categories?: string[] }[])[2]!.categories).toHaveLength(30);
  }
});

it.each([
  ["bytes that are no model", Buffer.from([1, 2, 3]), {}, "must be XGBoost's JSON or UBJSON, LightGBM's text or ONNX"],
  ["XGBoost's binary JSON", Buffer.from("{L\0\0\0\0\0\0\0\x07learner{"), {}, "it must be whole"],
  ["JSON of something else", Buffer.from('{"a": 1}'), {}, "learner must be an object"],
  ["text that is not UTF-8", Buffer.from([...Buffer.from("tree\n"), 255, 254]), {}, "UTF-8"],
  ["labels of a regression", read("lightgbm-zero.txt"), { classes: ["a", "b"] }, "a regression has none"],
  ["LightGBM's dump", Buffer.from('{"name":"tree","version":"v4"}'), {}, "it must be LightGBM's text"],
  ["too few labels", read("xgboost-forest.json"), { classes: ["a", "b"] }, "there must be 3 different ones"],
])("refuses %s", (_what, bytes, options, message) => {
  expect(() => importModel(bytes, options)).toThrow(message);
});
