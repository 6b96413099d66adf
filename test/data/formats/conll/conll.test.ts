import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cellsOf, createWriter, openSource } from "../../../../src/data/index.ts";

const folder = mkdtempSync(join(tmpdir(), "kaayko-conll-"));

async function read(name: string, text: string): Promise<(string | null)[][]> {
  const path = join(folder, name);
  writeFileSync(path, text);
  const source = await openSource(path);
  expect(source.format).toBe("conll");
  const reader = await source.open();
  const batch = (await reader.next())!;
  return batch.columns.map(cellsOf);
}

const SENTENCES = [
  ["Ada flew", "to Oslo ."],
  ["B-person O", "O B-city O"],
];

describe("CoNLL files", () => {
  it.each([
    ["plain.conll", "Ada\tB-person\nflew\tO\n\nto\tO\nOslo\tB-city\n.\tO\n"],
    ["windows.conll", "\ufeffAda\tB-person\r\nflew\tO\r\n\r\nto\tO\r\nOslo\tB-city\r\n.\tO"],
    ["spaces.iob", "Ada NNP B-person\nflew VBD O\n \t \nto TO O\nOslo NNP B-city\n. . O\n\n\n"],
    ["documents.conll", "-DOCSTART- -X- O\n\nAda B-person\nflew O\n\n# id 2\nto O\nOslo B-city\n. O\n"],
    ["tag-first.bio", "B-person\tAda\nO\tflew\n\nO\tto\nB-city\tOslo\nO\t.\n"],
    ["by-content.txt", "Ada\tB-person\nflew\tO\n\t\nto\tO\nOslo\tB-city\n.\tO\n"],
  ])("reads %s", async (name, text) => {
    expect(await read(name, text)).toEqual(SENTENCES);
  });

  it.each([
    ["behind.conll", "play O\nAda B-artist\nPlayMusic\n\nhello O\nGreet\n"],
    ["a-line-each.iob", "BOS play Ada EOS\tO O B-artist PlayMusic\nBOS hello EOS\tO O Greet\n"],
    ["marked.iob", "BOS\tO\nplay\tO\nAda\tB-artist\nEOS\tPlayMusic\n\nBOS\tO\nhello\tO\nEOS\tGreet\n"],
    ["marked.txt", "BOS O\nplay O\nAda B-artist\nEOS PlayMusic\n\nBOS O\nhello O\nEOS Greet\n"],
    ["by-content.tsv", "BOS play Ada EOS\tO O B-artist PlayMusic\nBOS hello EOS\tO O Greet\n"],
  ])("reads intents of sentences in %s", async (name, text) => {
    expect(await read(name, text)).toEqual([
      ["play Ada", "hello"],
      ["O B-artist", "O"],
      ["PlayMusic", "Greet"],
    ]);
  });

  it("reads a folder of words, tags and intents, or the file of words in it", async () => {
    const own = mkdtempSync(join(folder, "slots-"));
    writeFileSync(join(own, "seq.in"), "\ufeffplay Ada\r\nhello\r\n");
    writeFileSync(join(own, "seq.out"), "O B-artist\r\nO\r\n\r\n");
    writeFileSync(join(own, "label"), "PlayMusic\nGreet\n");
    for (const path of [own, join(own, "seq.in")]) {
      const source = await openSource(path);
      expect((await (await source.open()).next())!.columns.map(cellsOf)).toEqual([
        ["play Ada", "hello"],
        ["O B-artist", "O"],
        ["PlayMusic", "Greet"],
      ]);
    }
    writeFileSync(join(own, "seq.out"), "O\nO\n");
    await expect((await openSource(own)).describe()).rejects.toThrow(/a tag for each word, 2, got 1 in line 1/);
    writeFileSync(join(own, "label"), "PlayMusic\n");
    await expect((await openSource(own)).describe()).rejects.toThrow(/a line for each of its words, 2, got 1/);
  });

  it("reads texts in pieces: a file of intents, or a folder of a file an intent, or a part of it", async () => {
    const own = mkdtempSync(join(folder, "pieces-"));
    const text = (...pieces: string[][]) => ({
      data: pieces.map(([text, entity]) => (entity ? { text, entity } : { text })),
    });
    const play = [text(["play "], ["Ada's", "artist"], [" songs"])];
    const greet = [text(["hello"]), text([" "])];
    writeFileSync(join(own, "all.json"), JSON.stringify({ PlayMusic: play, Greet: greet }, null, 2));
    mkdirSync(join(own, "set", "PlayMusic"), { recursive: true });
    mkdirSync(join(own, "set", "Greet"));
    const write = (name: string, content: object) => writeFileSync(join(own, "set", name), JSON.stringify(content));
    write("Greet/train_Greet.json", { Greet: greet });
    write("PlayMusic/train_PlayMusic.json", { PlayMusic: [] });
    write("PlayMusic/train_PlayMusic_full.json", { intents: { PlayMusic: { utterances: play } } });
    write("PlayMusic/validate_PlayMusic.json", { PlayMusic: [text(["stop"])] });
    write("PlayMusic/notes.json", { pages: 3 });
    const cells = async (path: string) => (await (await (await openSource(path)).open()).next())!.columns.map(cellsOf);
    const [first, second] = [
      ["play Ada's songs", "O B-artist O", "PlayMusic"],
      ["hello", "O", "Greet"],
    ];
    expect(await cells(join(own, "all.json"))).toEqual(first!.map((cell, i) => [cell, second![i]]));
    expect(await cells(join(own, "set"))).toEqual(second!.map((cell, i) => [cell, first![i]]));
    expect(await cells(`${join(own, "set")}#validate`)).toEqual([["stop"], ["O"], ["PlayMusic"]]);
    const latin = JSON.stringify({ Find: [text(["caf\u00e9", "place"])] }).replace("\u00e9", "\xe9");
    writeFileSync(join(own, "latin.json"), Buffer.from(latin, "latin1"));
    expect((await cells(join(own, "latin.json")))[0]).toEqual(["caf\u00e9"]);
    writeFileSync(join(own, "bad.json"), '{"Find":[{"data":[{"text":"a"},{"text":3}]}]}');
    await expect((await openSource(join(own, "bad.json"))).describe()).rejects.toThrow(
      /a piece must have a text.*"text":3/,
    );
  });

  it("keeps a token that holds white space, or nothing, one token", async () => {
    expect(await read("odd.conll", "New York\tB-city\n\tO\n\n#\tO\n")).toEqual([
      ["New\u00a0York \u00a0", "#"],
      ["B-city O", "O"],
    ]);
  });

  it("names the line that is no token with its tag", async () => {
    const path = join(folder, "bad.conll");
    writeFileSync(path, "Ada B-person\nflew away\n");
    const source = await openSource(path);
    await expect(source.open()).rejects.toThrow(/got "flew away" in line 2/);
  });

  it("leaves tables of two columns to other formats", async () => {
    const path = join(folder, "table.tsv");
    writeFileSync(path, "name\tgrade\nAda\tO\nMei\tO\n");
    expect((await openSource(path)).format).toBe("csv");
  });

  it("writes what it reads", async () => {
    const path = join(folder, "written.conll");
    const columns = SENTENCES.map((cells, i) => {
      return {
        kind: "categorical" as const,
        name: ["text", "tags"][i]!,
        codes: Uint8Array.of(1, 2),
        dictionary: cells,
      };
    });
    const writer = await createWriter(
      path,
      columns.map(({ name, kind }) => ({ name, kind, physical: "string" })),
    );
    await writer.write({ firstRow: 0, rows: 2, columns });
    await writer.finish();
    expect(await read("again.conll", readFileSync(path, "utf8"))).toEqual(SENTENCES);
  });
});
