import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  fromLightgbmText,
  fromXgboostBinary,
  fromXgboostJson,
  fromXgboostUbjson,
  toLightgbmText,
  toOnnx,
  toXgboostJson,
} from "../../../../src/algorithms/trees/interchange/index.ts";
import { difference, exportable, fixture, golden, losses, old, predictGolden, readFixture } from "./golden.ts";

function messageOf(run: () => void): string | null {
  try {
    run();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const PREDICTIONS = { ...golden.models, ...losses.models, ...old.models };
const MODELS = Object.keys(PREDICTIONS);

describe("models of other programs predict here as they do there", () => {
  it.each(MODELS)("%s", async (name) => {
    const theirs = PREDICTIONS[name]!.flat();
    expect(difference(await predictGolden(readFixture(name)), theirs)).toBeLessThan(1e-6);
  });

  it("and keep the texts of categories where the file has them", () => {
    for (const name of ["xgboost-binary-frame.json", "lightgbm-binary-frame.txt"])
      expect(readFixture(name).features[2]!.categories.slice(0, 2)).toEqual(["kind 00", "kind 01"]);
    expect(readFixture("lightgbm-binary-codes.txt").features[2]!.categories.slice(0, 2)).toEqual(["0", "1"]);
  });
});

/** Neither program has an objective for scores that are the probabilities of several classes. */
const WRITABLE = MODELS.filter((name) => name !== "lightgbm-2.2.1-classes.txt");

describe("models that are written and read again predict the same", () => {
  it.each(WRITABLE)("%s", async (name) => {
    const imported = readFixture(name);
    const before = await predictGolden(imported);
    const source = exportable(imported);
    const lightgbm = await predictGolden(fromLightgbmText(toLightgbmText(source)));
    expect(difference(before, lightgbm)).toBeLessThan(1e-13);
    const xgboost = await predictGolden(fromXgboostJson(toXgboostJson(source)));
    expect(difference(before, xgboost)).toBeLessThan(1e-6);
  });

  it("ONNX as a file that ONNX Runtime was seen to read and to predict the golden rows with", () => {
    for (const name of ["lightgbm-binary-codes", "lightgbm-multiclass-codes", "lightgbm-regression-codes"]) {
      const bytes = toOnnx(exportable(readFixture(`${name}.txt`)));
      expect(Buffer.from(bytes).equals(fixture(`${name}.onnx`)), name).toBe(true);
    }
  });
});

describe("refuses", () => {
  it.each([
    ["refused-gblinear.json", "booster must be gbtree or dart, got gblinear"],
    ["refused-hinge.json", "got binary:hinge"],
    ["refused-outputs.json", "one target, got 2"],
    ["refused-ova.txt", "got multiclassova"],
    ["refused-linear.txt", "got linear trees"],
  ])("%s", (name, message) => {
    expect(() => readFixture(name)).toThrow(message);
  });

  const xgboost = fixture("xgboost-regression-codes.json").toString("utf8");
  const lightgbm = fixture("lightgbm-regression-codes.txt").toString("utf8");

  it.each([
    ["a cycle", '"left_children":[1,', '"left_children":[0,'],
    ["a child outside", '"right_children":[2,', '"right_children":[99999,'],
    ["a feature that is none", '"split_indices":[2,', '"split_indices":[77,'],
    ["no trees", '"trees":[', '"saplings":['],
    ["a list cut short", '"default_left":[', '"default_left":[1,'],
    ["features without end", '"num_feature":"3","num_target"', '"num_feature":"4000000000","num_target"'],
    ["a text cut short", '"version"', ""],
    ["sets outside their list", '"categories_sizes":[', '"categories_sizes":[70000,'],
  ])("XGBoost's JSON with %s", (_what, from, to) => {
    expect(xgboost).toContain(from);
    expect(() => fromXgboostJson(xgboost.replace(from, to))).toThrow(/^Cannot /);
  });

  it.each([
    ["a child that is its parent", /left_child=\S+/, "left_child=0"],
    ["leaves without end", /num_leaves=\d+/, "num_leaves=999999999"],
    ["no end", "end of trees", "end of"],
    ["no numbers", /threshold=\S+/, "threshold=many"],
    ["features without end", /max_feature_idx=\d+/, "max_feature_idx=999999999"],
    ["too many trees a round", /num_tree_per_iteration=\d+/, "num_tree_per_iteration=900000000"],
    ["an objective of its own", /objective=\S+/, "objective=cross_entropy_lambda"],
    ["a tree less than its head tells of", /\nTree=1\n[\s\S]*?\n(?=\nTree=2\n)/, ""],
    ["a set that is not there", /cat_boundaries=\S+ /, "cat_boundaries=900000 "],
  ])("LightGBM's text with %s", (_what, from, to) => {
    const changed = lightgbm.replace(from, to);
    expect(changed).not.toBe(lightgbm);
    expect(() => fromLightgbmText(changed)).toThrow(/^Cannot /);
  });

  it("binary JSON cut anywhere, or with another byte, with a clear error or a model", () => {
    const bytes = fixture("xgboost-gamma.ubj");
    for (let part = 1; part < 40; part++)
      expect(() => fromXgboostUbjson(bytes.subarray(0, (bytes.length * part) / 40))).toThrow(/^Cannot /);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = byte;
        const message = messageOf(() => fromXgboostUbjson(changed));
        expect(message ?? "Cannot").toMatch(/^Cannot/);
      }),
    );
  });

  it("XGBoost's old binary format cut anywhere, or with another byte, with a clear error or a model", () => {
    const bytes = fixture("xgboost-0.90-dart.model");
    for (let part = 1; part < 40; part++)
      expect(() => fromXgboostBinary(bytes.subarray(0, (bytes.length * part) / 40))).toThrow(/^Cannot /);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = byte;
        expect(messageOf(() => fromXgboostBinary(changed)) ?? "Cannot").toMatch(/^Cannot/);
      }),
    );
  });

  it("any text cut anywhere, with a clear error", () => {
    for (let part = 1; part < 40; part++) {
      expect(() => fromXgboostJson(xgboost.slice(0, (xgboost.length * part) / 40))).toThrow(/^Cannot /);
      const short = lightgbm.slice(0, (lightgbm.indexOf("end of trees") * part) / 40);
      expect(() => fromLightgbmText(short)).toThrow(/^Cannot /);
    }
  });
});
