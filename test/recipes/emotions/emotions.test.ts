import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Batch, columnNamed, type StringColumn } from "../../../src/core/index.ts";
import { openSource } from "../../../src/data/index.ts";
import { drawRows } from "../../../src/recipes/emotions/generate.ts";
import { emotions } from "../../../src/recipes/emotions/index.ts";
import { EMOTIONS } from "../../../src/recipes/emotions/labels.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kaayko-emotions-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function cells(batch: Batch, name: string): (string | null)[] {
  const { codes, dictionary } = columnNamed(batch.columns, name) as StringColumn;
  return Array.from(codes, (code) => (code === 0 ? null : dictionary[code - 1]!));
}

async function firstRows(path: string): Promise<{ names: string[]; batch: Batch }> {
  const source = await emotions.adapt!(await openSource(path));
  const { columns } = await source.describe();
  const reader = await source.open();
  const batch = (await reader.next())!;
  await reader.close();
  return { names: columns.map(({ name }) => name), batch };
}

describe("the emotions recipe", () => {
  it("reads GoEmotions' files as they were published, numbers as names", async () => {
    const path = join(folder, "published.tsv");
    writeFileSync(path, "So glad!\t17\tabc\nThat hurts, and I am mad\t2,25\tabd\nwell\t27\tabe\n");
    const { names, batch } = await firstRows(path);
    expect(names).toEqual(["text", "labels"]);
    expect(cells(batch, "text")).toEqual(["So glad!", "That hurts, and I am mad", "well"]);
    expect(cells(batch, "labels")).toEqual(["joy", "anger,sadness", "neutral"]);
  });

  it.each([
    ["other.csv", "Tweet,Emotion\nSo glad to be here!,joy\n", ["So glad to be here!"], ["joy"]],
    [
      "none.tsv",
      "joy\tSo glad to be\nfear\tNo no no no\njoy\tWell done to you\n",
      ["So glad to be", "No no no no", "Well done to you"],
      ["joy", "fear", "joy"],
    ],
    [
      "flags.csv",
      "id,comment,sure,joy,fear,love\n7,So glad,true,1,0,1\n8,Well,true,0,0,0\n9,No no,false,0,1,0\n",
      ["So glad", "Well", "No no"],
      ['["joy","love"]', "[]", '["fear"]'],
    ],
    [
      "lists.jsonl",
      '{"text":"So glad","labels":["joy","love"]}\n{"text":"Well","labels":[]}\n',
      ["So glad", "Well"],
      ['["joy","love"]', "[]"],
    ],
  ])("reads the form of %s", async (name, text, texts, labels) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    const { names, batch } = await firstRows(path);
    expect(names).toEqual(["text", "labels"]);
    expect(cells(batch, "text")).toEqual(texts);
    expect(cells(batch, "labels")).toEqual(labels);
  });

  it("leaves a table of its own columns as it is", async () => {
    const path = join(folder, "own.csv");
    writeFileSync(path, 'text,labels\n"So glad!",joy;pride\n');
    expect(cells((await firstRows(path)).batch, "labels")).toEqual(["joy;pride"]);
  });

  it("makes the same comments for the same seed, common and rare emotions among them", () => {
    const batch = drawRows(3000, 1);
    expect(drawRows(3000, 1)).toEqual(batch);
    expect(drawRows(3000, 2)).not.toEqual(batch);
    const counts = new Map<string, number>();
    for (const cell of cells(batch, "labels"))
      for (const label of cell!.split(",")) counts.set(label, (counts.get(label) ?? 0) + 1);
    expect([...counts.keys()].sort()).toEqual([...EMOTIONS].sort());
    const sizes = [...counts.values()].sort((a, b) => a - b);
    expect(sizes.at(-1)!).toBeGreaterThan(10 * sizes[0]!);
  });

  const published = fileURLToPath(new URL("../../../../shared/data/goemotions/", import.meta.url));
  it.skipIf(!existsSync(published))("finds the labels of the published numbers in the published order", async () => {
    const { batch } = await firstRows(join(published, "dev.tsv"));
    const known = new Set(cells(batch, "labels").flatMap((cell) => cell!.split(",")));
    expect([...known].sort()).toEqual([...EMOTIONS].sort());
  });
});
