import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { createWriter, memorySource, openSource } from "../../../src/data/index.ts";
import { scoreEntities } from "../../../src/metrics/index.ts";
import {
  createModelPredictor,
  createRowPredictor,
  type Model,
  type ModelPredictor,
  outputColumns,
  packModel,
  predictFile,
  predictRows,
  tagTexts,
  unpackModel,
} from "../../../src/models/index.ts";
import { drawRows } from "../../../src/recipes/assistant/ner/generate.ts";
import { assistantNer } from "../../../src/recipes/assistant/ner/index.ts";
import { train } from "../../../src/train.ts";
import { evaluateFile } from "../../../src/training/index.ts";

const folder = mkdtempSync(join(tmpdir(), "kaayko-ner-"));
const TEXT = "Ada Okafor owes Grace Moreau 20 euros (since tonight), and moved to New Lisbon.";
let model: Model;
let predictor: ModelPredictor;

beforeAll(async () => {
  const result = await train({
    data: memorySource(drawRows(400, 3)),
    target: "tags",
    task: "tagging",
    algorithms: ["crf"],
    set: { crf: { epochs: 6 } },
    modelsDir: join(folder, "models"),
    checkpointsDir: null,
    report: "none",
    name: "ner",
  });
  expect(result.document.metrics.test!.entityF1!).toBeGreaterThan(0.85);
  model = result.model!;
  predictor = await createModelPredictor(model);
});

describe("a model of entities", () => {
  it("gives entities with exact places in the text", async () => {
    const [row] = await predictRows(predictor, [{ text: TEXT }]);
    const entities = row!.entities as { start: number; end: number; text: string; type: string }[];
    expect(entities.map(({ type, text }) => `${type} ${text}`)).toEqual(
      expect.arrayContaining(["person Ada Okafor", "amount 20 euros", "date tonight", "city New Lisbon"]),
    );
    for (const { start, end, text } of entities) expect(TEXT.slice(start, end)).toBe(text);
    expect(row!.prediction).toHaveLength(TEXT.split(" ").length);
    expect(await createRowPredictor(predictor).predict({ text: TEXT })).toEqual(row);
    expect(await predictRows(predictor, [{ text: null }, { text: "" }])).toEqual(
      [1, 2].map(() => ({ prediction: [], entities: [] })),
    );
  });

  it("counts places in UTF-16 units, as JavaScript does", async () => {
    const text = `😀 ${TEXT}`;
    const [tagged] = await tagTexts(predictor, [text]);
    expect(tagged!.entities.length).toBeGreaterThan(2);
    for (const entity of tagged!.entities) expect(text.slice(entity.start, entity.end)).toBe(entity.text);
  });

  it("finds in a text of any length what it finds in its sentences", async () => {
    const many = new Array<string>(40).fill(TEXT).join(" ");
    const [whole, one] = await tagTexts(predictor, [many, TEXT]);
    expect(whole!.tags.length).toBe(40 * one!.tags.length);
    expect(whole!.entities.length).toBeGreaterThanOrEqual(38 * one!.entities.length);
    for (const { start, end, text } of whole!.entities) expect(many.slice(start, end)).toBe(text);
  });

  it("is the same when it is read back", async () => {
    const [json, arrays] = packModel(model).map(([, bytes]) => bytes) as [Uint8Array, Uint8Array];
    const back = await createModelPredictor(unpackModel(json, arrays, "model").model);
    expect(await tagTexts(back, [TEXT])).toEqual(await tagTexts(predictor, [TEXT]));
  });

  it("measures a CoNLL file as its predictions, written as one, are measured", async () => {
    const batch = drawRows(60, 9);
    const truth = join(folder, "truth.conll");
    const writer = await createWriter(
      truth,
      batch.columns.map(({ name, kind }) => ({ name, kind, physical: "string" })),
    );
    await writer.write(batch);
    await writer.finish();
    const source = await openSource(truth);
    const out = join(folder, "predicted.conll");
    await predictFile({ predictor, source, openWriter: (columns) => createWriter(out, columns) });
    const tagsIn = (path: string) =>
      readFileSync(path, "utf8")
        .trim()
        .split("\n\n")
        .map((sentence) => sentence.split("\n").map((line) => line.split("\t").at(-1)!));
    const { values } = scoreEntities(tagsIn(truth), tagsIn(out));
    const measured = await evaluateFile({ predictor, source });
    expect(measured!.values.entityF1).toBeCloseTo(values.entityF1!, 12);
    expect(measured!.values.entityF1).toBeGreaterThan(0.8);
  });

  it("writes spans into tables", async () => {
    const path = join(folder, "texts.csv");
    writeFileSync(path, `id,text\n7,"${TEXT}"\n8,\n`);
    const out = join(folder, "out.jsonl");
    const source = await openSource(path);
    await predictFile({ predictor, source, keep: ["id"], openWriter: (columns) => createWriter(out, columns) });
    const rows = readFileSync(out, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(Object.keys(rows[0])).toEqual(["id", "text", "prediction", "entities"]);
    expect(JSON.parse(rows[0].entities)).toEqual((await tagTexts(predictor, [TEXT]))[0]!.entities);
    expect(outputColumns(model.task).map(({ name }) => name)).toEqual(["prediction", "entities"]);
    expect(rows[1]).toMatchObject({ id: 8, text: null, prediction: "", entities: "[]" });
  });
});

describe("assistant-ner", () => {
  it("reads tables as others write them", async () => {
    const path = join(folder, "others.csv");
    writeFileSync(path, `tokens,ner_tags\n"['New York', 'it\\'s']","['B-city', 'O']"\n`);
    const adapted = await assistantNer.adapt!(await openSource(path));
    const batch = (await (await adapted.open()).next())!;
    expect(batch.columns.map((column) => [column.name, "dictionary" in column && column.dictionary[0]])).toEqual([
      ["text", "New\u00a0York it's"],
      ["tags", "['B-city', 'O']"],
    ]);
  });
});
