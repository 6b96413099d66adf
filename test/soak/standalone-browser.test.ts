import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/core/index.ts";
import { createModelPredictor, exportModel, importModel, predictRows } from "../../src/models/index.ts";
import { type BrowserPage, findBrowser, openBrowser } from "../support/browser.ts";

const browser = findBrowser();
const FIXTURES = new URL("../fixtures/interchange/", import.meta.url);
const cells = JSON.parse(readFileSync(new URL("golden.json", FIXTURES), "utf8")).cells as (number | null)[][];
const rows = cells.map(([number, small, kind]): JsonObject => {
  return { number: number!, small: small!, kind: kind === null ? null : String(kind) };
});

let page: BrowserPage;
beforeAll(async () => {
  if (browser !== null) page = await openBrowser(browser);
});
afterAll(async () => {
  await page?.close();
});

// Skipped where no Chromium is installed.
describe.skipIf(browser === null)("a model that stands alone, in a browser", () => {
  it.each(
    ["lightgbm-multiclass-codes.txt", "xgboost-poisson.json", "lightgbm-binary-codes.txt"].flatMap((name) => [
      [name, "javascript"] as const,
      [name, "wasm"] as const,
    ]),
  )("predicts %s as %s as it does here", async (name, format) => {
    const { model } = importModel(readFileSync(new URL(name, FIXTURES)));
    const predictor = await createModelPredictor(model);
    const known = await predictRows(predictor, rows);
    await predictor.dispose();
    const { content } = await exportModel(model, format);
    const module = `data:text/javascript;base64,${Buffer.from(content).toString("base64")}`;
    const there = await page.evaluate<JsonObject[]>(
      `import(${JSON.stringify(module)}).then(({ predict }) => ${JSON.stringify(rows)}.map(predict))`,
    );
    expect(there).toHaveLength(known.length);
    there.forEach((row, i) => {
      for (const [column, value] of Object.entries(row))
        if (typeof value === "number") expect(value).toBeCloseTo(known[i]![column] as number, 12);
        else expect(value).toBe(known[i]![column]);
    });
    expect(page.complaints.filter((complaint) => !complaint.includes("data:text/javascript"))).toEqual([]);
  });
});
