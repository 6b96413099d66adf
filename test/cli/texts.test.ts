import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomStream } from "../../src/core/index.ts";
import { runHere } from "../support/run-here.ts";

let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-texts-"));
  writeFileSync(join(cwd, "moods.csv"), table());
  const common = ["--data", "moods.csv", "--target", "moods", "--task", "multilabel", "--name", "moods"];
  trained = await json(["train", ...common, "--algorithms", "text-linear,baseline"]);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

// biome-ignore lint/suspicious/noExplicitAny: documents are what another program sees
let trained: any;

const WORDS: Record<string, readonly string[]> = {
  joy: ["happy 😀", "so glad", "wonderful news"],
  anger: ["furious", "I HATE this", "how dare they"],
  grief: ["we mourn", "miss her so", "in tears 😢"],
};

/** Texts whose words say which moods they have; one in three has two, few have grief. */
function table(): string {
  const random = randomStream(1, "moods");
  const pick = (items: readonly string[]) => items[random.integer(items.length)]!;
  const lines = Array.from({ length: 400 }, (_, i) => {
    const moods = i % 20 === 0 ? ["grief"] : i % 3 === 0 ? ["joy", "anger"] : [i % 3 === 1 ? "joy" : "anger"];
    const said = moods.map((mood) => pick(WORDS[mood]!)).join(" and ");
    return `"${pick(["well", "today", "honestly"])} ${said} again, number ${i}",${moods.join(";")}`;
  });
  return `text,moods\n${lines.join("\n")}\n`;
}

async function json(argv: readonly string[], input = "") {
  const { code, stdout, stderr } = await runHere([...argv, "--json"], {
    cwd,
    input,
    env: { HOME: cwd, KAAYKO_CACHE: join(cwd, "cache"), CI: "1" },
  });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe("texts with several labels each", () => {
  it("are learnt, rare labels too, with a threshold for each", () => {
    expect(trained.champion).toBe("text-linear");
    expect(trained.primaryMetric).toBe("macroF1");
    expect(trained.metrics.test.macroF1).toBeGreaterThan(0.95);
    expect(trained.labels.map(({ label }: { label: string }) => label)).toEqual(["anger", "grief", "joy"]);
    for (const { threshold } of trained.labels) expect(threshold).toBeGreaterThan(0);
  });

  it("are reported with pairs of labels and the errors worth reading, in JSON without a number that is none", () => {
    const { texts } = trained.explanation;
    expect(texts.pairs[0]).toMatchObject({ first: "anger", second: "joy" });
    expect(texts.pairs[0].rows).toBeGreaterThan(0);
    for (const { actual, predicted } of texts.errors) expect(actual).not.toEqual(predicted);
    const page = readFileSync(join(cwd, trained.modelPath, "report.html"), "utf8");
    expect(page).toContain("Labels that come together");
    for (const file of ["report.json", "metadata.json"])
      expect(readFileSync(join(cwd, trained.modelPath, file), "utf8")).not.toMatch(/NaN|Infinity/);
  });

  it("are predicted as sets of labels, and measured as in training", async () => {
    const row = JSON.stringify({ text: "so glad and FURIOUS 😀" });
    const { predictions } = await json(["predict", "--model", "moods"], row);
    expect(predictions[0].prediction).toEqual(["anger", "joy"]);
    expect(predictions[0].probability_grief).toBeLessThan(0.5);
    const { labels } = predictions[0];
    expect(labels.map(({ label }: { label: string }) => label).sort()).toEqual(["anger", "joy"]);
    expect(labels[0].probability).toBeGreaterThanOrEqual(labels[1].probability);
    for (const { label, probability, threshold } of labels) {
      expect(probability).toBeGreaterThanOrEqual(threshold);
      expect(probability).toBe(predictions[0][`probability_${label}`]);
    }
    const judged = await json(["evaluate", "--model", "moods", "--data", "moods.csv"]);
    expect(judged.metrics.macroF1).toBeGreaterThan(0.95);
  });
});
