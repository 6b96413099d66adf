import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { memorySource, rowsSource } from "../../../src/data/index.ts";
import { createModelPredictor, packModel, predictRows, unpackModel } from "../../../src/models/index.ts";
import { drawRows } from "../../../src/recipes/assistant/intent/generate.ts";
import { assistantIntent } from "../../../src/recipes/assistant/intent/index.ts";
import { train } from "../../../src/train.ts";

describe("assistant-intent", () => {
  it("says what is meant, and that nothing is, also behind a package", async () => {
    const { document, model } = await train({
      data: memorySource(drawRows(900, 1)),
      target: "intent",
      task: "multiclass",
      outOfScope: "out_of_scope",
      algorithms: ["text-linear"],
      modelsDir: mkdtempSync(join(tmpdir(), "kaayko-intent-")),
      checkpointsDir: null,
      report: "none",
    });
    expect(document.metrics.test!.accuracy!).toBeGreaterThan(0.85);
    expect(document.metrics.test!.outOfScopeRecall!).toBeGreaterThan(0.7);
    const [json, arrays] = packModel(model!).map(([, bytes]) => bytes) as [Uint8Array, Uint8Array];
    const predictor = await createModelPredictor(unpackModel(json, arrays, "model").model);
    const rows = ["please freeze the credit card at the station", "hey, who won the match in Peru?"].map((text) => ({
      text,
    }));
    const answers = await predictRows(predictor, rows);
    expect(answers.map(({ prediction }) => prediction)).toEqual(["block_card", "out_of_scope"]);
  });

  it("refuses the answer where there are no classes", async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ text: `words that differ ${i}`, y: i / 7 }));
    const options = { data: rowsSource(rows), target: "y", outOfScope: "none", checkpointsDir: null };
    await expect(train(options)).rejects.toThrow(/several classes, got regression/);
  });

  it("reads tables as others write them", async () => {
    const adapted = await assistantIntent.adapt!(rowsSource([{ utterance: "a joke", category: "oos" }]));
    const { columns } = (await (await adapted.open()).next())!;
    expect(columns.map((column) => [column.name, "dictionary" in column && column.dictionary[0]])).toEqual([
      ["text", "a joke"],
      ["intent", "out_of_scope"],
    ]);
  });
});
