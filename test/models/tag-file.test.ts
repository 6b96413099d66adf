import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Batch, isStringColumn } from "../../src/core/index.ts";
import { createWriter, openSource } from "../../src/data/index.ts";
import { type ModelPredictor, openTagLog, predictFile } from "../../src/models/index.ts";

const LENGTH = 8;
const BATCHES = 6;
const BATCH_ROWS = 50;

/** Takes every word with a capital letter for a place. */
function tagger(): ModelPredictor & { calls: number } {
  const made = {
    calls: 0,
    model: {
      task: { kind: "tagging", target: "tags", text: "text", length: LENGTH, classes: ["O", "B-place", "I-place"] },
      pipeline: { columns: [{ name: "text", kind: "text" }] },
    },
    inputs: [{ name: "text", kind: "text" }],
    rules: null,
    notices: () => [],
    predict: async ({ rows, columns: [texts] }: Batch) => {
      made.calls++;
      const found = new Float64Array(rows * LENGTH);
      if (texts !== undefined && isStringColumn(texts))
        for (let row = 0; row < rows; row++)
          texts.dictionary[texts.codes[row]! - 1]!.split(" ").forEach((word, i) => {
            found[row * LENGTH + i] = /^[A-Z]/.test(word) ? 1 : 0;
          });
      return found;
    },
  };
  return made as unknown as ModelPredictor & { calls: number };
}

describe("tagging a file that was interrupted", () => {
  let folder: string;
  let data: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kaayko-tag-"));
    data = join(folder, "texts.csv");
    const lines = Array.from({ length: BATCHES * BATCH_ROWS }, (_, i) => `${i},from Oslo to Lyon in ${i} hours`);
    writeFileSync(data, `id,text\n${lines.join("\n")}\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const tag = async (predictor: ModelPredictor, out: string, stop?: () => boolean) =>
    predictFile({
      predictor,
      source: await openSource(data),
      openWriter: (columns) => createWriter(out, columns),
      keep: ["id"],
      batchRows: BATCH_ROWS,
      tagLog: await openTagLog({ out, plan: { plan: 1 }, commitMs: 0 }),
      ...(stop === undefined ? {} : { stop }),
    });

  it("goes on behind the rows that were tagged, writes the same bytes, and leaves nothing beside them", async () => {
    const undisturbed = join(folder, "undisturbed.jsonl");
    await tag(tagger(), undisturbed);
    const first = JSON.parse(readFileSync(undisturbed, "utf8").split("\n")[0]!);
    expect(first).toMatchObject({ id: 0, prediction: "O B-place O B-place O O O" });
    expect(JSON.parse(first.entities)).toEqual([
      { type: "place", start: 5, end: 9, text: "Oslo" },
      { type: "place", start: 13, end: 17, text: "Lyon" },
    ]);
    const out = join(folder, "out.jsonl");
    let batches = 0;
    expect(await tag(tagger(), out, () => ++batches === 4)).toBeNull();
    const log = join(folder, readdirSync(folder).find((name) => name.endsWith(".predicted"))!);
    const [damaged] = readdirSync(log);
    writeFileSync(join(log, damaged!), "[]");
    const last = tagger();
    await tag(last, out);
    expect(last.calls).toBe(BATCHES - 3);
    expect(readFileSync(out, "utf8")).toBe(readFileSync(undisturbed, "utf8"));
    expect(readdirSync(folder).sort()).toEqual(["out.jsonl", "texts.csv", "undisturbed.jsonl"]);
  });
});
