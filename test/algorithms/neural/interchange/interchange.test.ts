import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { networkToOnnx, networkToSavedModel } from "../../../../src/algorithms/neural/interchange/index.ts";
import { loadTensorflow, tensorflowStatus } from "../../../../src/backends/index.ts";
import { KaaykoError, sha256 } from "../../../../src/core/index.ts";
import { exportedCases, ownPredictions } from "./networks.ts";

interface Golden {
  readonly sha256: string;
  readonly outputs: readonly number[];
}

/** What ONNX Runtime and TensorFlow's Python gave: test/fixtures/neural/exports.py. */
const GOLDEN = JSON.parse(
  readFileSync(new URL("../../../fixtures/neural/exports.json", import.meta.url), "utf8"),
) as Record<"onnx" | "savedModel", Record<string, Golden>>;
const CASES = exportedCases();
const READY = tensorflowStatus().state === "ready";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-exports-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** To 1e-5, relative to what is at or over 1. */
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  const far = Array.from(actual).filter(
    (value, i) => !(Math.abs(value - expected[i]!) < 1e-5 * Math.max(1, Math.abs(expected[i]!))),
  );
  expect(far).toEqual([]);
}

describe.each(CASES)("$name for other programs", (given) => {
  const features = given.table.columns.length;

  it("is an ONNX file that ONNX Runtime predicts with as we do", async () => {
    const bytes = networkToOnnx(given.content, given.task, features, {});
    const golden = GOLDEN.onnx[given.name]!;
    expect(sha256(bytes)).toBe(golden.sha256);
    expectClose(await ownPredictions(given), golden.outputs);
  });

  it("is a SavedModel that TensorFlow's Python predicts with as we do", async () => {
    const bytes = networkToSavedModel(given.content, given.task, features);
    const golden = GOLDEN.savedModel[given.name]!;
    expect(sha256(bytes)).toBe(golden.sha256);
    expectClose(await ownPredictions(given), golden.outputs);
  });

  it.skipIf(!READY)("is a SavedModel that TensorFlow here predicts with as well", async () => {
    writeFileSync(join(folder, "saved_model.pb"), networkToSavedModel(given.content, given.task, features));
    const { binding } = loadTensorflow(1);
    const model = binding.loadSavedModel(folder, "serve");
    const rows = given.table.rows;
    const fed = [binding.createTensor([rows, features], binding.TF_FLOAT, given.features)];
    if (given.windows.length > 0) fed.push(binding.createTensor([rows, 6, 2], binding.TF_FLOAT, given.windows));
    const names = given.windows.length > 0 ? "features:0,windows:0" : "features:0";
    const output = given.task.classes === undefined ? "prediction:0" : "probabilities:0";
    const [made] = binding.runSavedModel(model, fed, names, output);
    expectClose(binding.tensorDataSync(made!.id), await ownPredictions(given));
    for (const id of [...fed, made!.id]) binding.deleteTensor(id);
    binding.deleteSavedModel(model);
  });

  it("is refused where the model is not whole", () => {
    const damaged = { ...given.content, arrays: {} };
    expect(() => networkToOnnx(damaged, given.task, features, {})).toThrow(KaaykoError);
    expect(() => networkToSavedModel({ ...given.content, json: {} }, given.task, features)).toThrow(KaaykoError);
  });
});
