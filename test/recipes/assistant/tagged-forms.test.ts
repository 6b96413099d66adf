import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { columnNamed } from "../../../src/core/index.ts";
import { cellsOf, openSource } from "../../../src/data/index.ts";
import { assistantNer } from "../../../src/recipes/assistant/ner/index.ts";
import { taggedText } from "../../../src/recipes/assistant/ner/spans.ts";

const folder = mkdtempSync(join(tmpdir(), "kaayko-tagged-"));

async function read(name: string, text: string, columns = ["text", "tags"]): Promise<(string | null)[][]> {
  const path = join(folder, name);
  writeFileSync(path, text);
  const reader = await (await assistantNer.adapt!(await openSource(path))).open({ columns });
  const batch = (await reader.next())!;
  await reader.close();
  return columns.map((column) => cellsOf(columnNamed(batch.columns, column)!));
}

const SENTENCES = [
  ["Ada flew", "to Oslo ."],
  ["B-person O", "O B-city O"],
];
const ROWS = [
  { text: "Ada flew", entities: [{ start: 0, end: 3, label: "person" }] },
  { text: "to Oslo.", entities: [{ start: 3, end: 7, label: "city" }] },
];

describe("tables of entities, in the forms that others write them", () => {
  it.each([
    [
      "words.csv",
      "Sentence #,Word,POS,Tag\nSentence: 1,Ada,NNP,B-person\n,flew,VBD,O\nSentence: 2,to,TO,O\n,Oslo,NNP,B-city\n,.,.,O\n",
    ],
    ["ids.csv", "sentence_id,words,labels\n0,Ada,B-person\n0,flew,O\n1,to,O\n1,Oslo,B-city\n1,.,O\n"],
    [
      "tags.jsonl",
      '{"tokens":["Ada","flew"],"ner_tags":["B-person","O"]}\n{"tokens":["to","Oslo","."],"ner_tags":["O","B-city","O"]}\n',
    ],
    ["objects.jsonl", `${ROWS.map((row) => JSON.stringify(row)).join("\n")}\n`],
    ["lists.jsonl", '{"text":"Ada flew","label":[[0,3,"person"]]}\n{"text":"to Oslo.","label":[[3,7,"city"]]}\n'],
    [
      "token-places.jsonl",
      '{"tokens":["Ada","flew"],"entities":[{"start":0,"end":1,"type":"person"}]}\n{"tokens":["to","Oslo","."],"entities":[{"start":1,"end":2,"type":"city"}]}\n',
    ],
    [
      "last-tokens.jsonl",
      '{"tokens":["Ada","flew"],"ner":[[0,0,"person"]]}\n{"tokens":["to","Oslo","."],"ner":[[1,1,"city"],[2,9,"x"]]}\n',
    ],
    ["array.json", JSON.stringify({ version: 1, examples: ROWS }, null, 2)],
  ])("reads %s", async (name, text) => {
    const [texts, tags] = await read(name, text);
    expect(texts).toEqual(SENTENCES[0]);
    expect(tags!.map((cell) => cell!.replace(/[["\]]/g, "").replaceAll(",", " "))).toEqual(SENTENCES[1]);
  });

  it("gives texts as they are to who does not ask for tags", async () => {
    const text = `${ROWS.map((row) => JSON.stringify(row)).join("\n")}\n`;
    expect(await read("plain.jsonl", text, ["text"])).toEqual([["Ada flew", "to Oslo."]]);
  });

  it("counts code points, or units where an entity says its text there", () => {
    const told = [{ start: 3, end: 6, type: "person", text: "Ada" }];
    for (const spans of [[[2, 5, "person"]], told])
      expect(taggedText("😀 Ada", JSON.stringify(spans))).toEqual({ text: "😀 Ada", tags: ["O", "B-person"] });
  });

  it("keeps the longer of two that overlap, and leaves out what lies outside the text", () => {
    const spans = [
      [0, 8, "city"],
      [4, 8, "person"],
      [6, 99, "x"],
      ["a", 1, "x"],
    ];
    expect(taggedText("New York", JSON.stringify(spans))!.tags).toEqual(["B-city", "I-city"]);
    expect(taggedText("New York", "no list")!.tags).toEqual(["O", "O"]);
  });
});
