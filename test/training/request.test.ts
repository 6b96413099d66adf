import { describe, expect, it } from "vitest";
import { ALGORITHMS } from "../../src/algorithms/index.ts";
import type { Dataset, ParameterValues } from "../../src/core/index.ts";
import { chooseContenders, slowOnes } from "../../src/training/request.ts";

/** As much of a table of texts and two classes as the choice looks at. */
const TEXTS = {
  task: { kind: "binary", target: "y", classes: ["a", "b"] },
  parts: [
    { kind: "sparse", name: "said.ngrams" },
    { kind: "tokens", name: "said.tokens" },
  ],
  features: [{ name: "said.length" }, { name: "price" }],
} as unknown as Pick<Dataset, "task" | "parts" | "features">;

async function chosen(settings: ParameterValues, dataset = TEXTS): Promise<string[]> {
  return (await chooseContenders(ALGORITHMS, { settings }, dataset)).map(({ algorithm }) => algorithm.name);
}

describe("the algorithms of a table of texts", () => {
  it("are the fast ones where nobody names any, and the slow ones are told of", async () => {
    const names = await chosen({});
    expect(names).toEqual(expect.arrayContaining(["text-linear", "hist-gradient", "ensemble", "baseline"]));
    expect(names).not.toContain("text-mlp");
    expect(names).not.toContain("text-encoder");
    expect(await slowOnes(ALGORITHMS, { settings: {} }, TEXTS)).toEqual(["text-mlp", "text-encoder"]);
  });

  it("are those that read texts where there is nothing else", async () => {
    const texts = { ...TEXTS, features: TEXTS.features.slice(0, 1) };
    expect((await chosen({}, texts)).sort()).toEqual(["baseline", "text-linear"]);
    expect(await chosen({ timeLimit: 60 }, texts)).toContain("ensemble");
    expect(await chosen({ algorithms: ["svm"] }, texts)).toEqual(["svm"]);
    expect(await chosen({}, { ...texts, parts: [] })).toContain("hist-gradient");
  });

  it("are all of them under a time limit", async () => {
    const settings = { timeLimit: 60 };
    expect(await chosen(settings)).toEqual(expect.arrayContaining(["text-linear", "text-mlp", "text-encoder"]));
    expect(await slowOnes(ALGORITHMS, { settings }, TEXTS)).toEqual([]);
  });

  it("are those that are named", async () => {
    const settings = { algorithms: ["text-mlp"] };
    expect(await chosen(settings)).toEqual(["text-mlp"]);
    expect(await slowOnes(ALGORITHMS, { settings }, TEXTS)).toEqual([]);
  });
});
