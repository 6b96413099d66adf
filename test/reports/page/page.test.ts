import { describe, expect, it, vi } from "vitest";
import { renderReports, type TrainDocument } from "../../../src/reports/index.ts";
import { classDocument, regressionDocument, textDocument } from "../documents.ts";

const HOSTILE = `<img src=x onerror=alert(1)>"'&</title><script>alert(2)</script>\u001b[31m\u202e`;

async function pageOf(document: TrainDocument): Promise<string> {
  return (await renderReports(document))["report.html"]!;
}

const count = (page: string, pattern: RegExp): number => [...page.matchAll(pattern)].length;

/** The part of the page that draws a chart. */
function chartOf(page: string, id: string): string {
  const start = page.indexOf(`aria-labelledby="${id}-title`);
  expect(start, `chart ${id}`).toBeGreaterThan(0);
  return page.slice(start, page.indexOf("</svg>", start));
}

/** Insists that every element that is opened is closed, in the right order, and that nothing else looks like one. */
function parse(page: string): void {
  const body = page.replace(/<(script|style)>[\s\S]*?<\/\1>/g, "<$1></$1>").replace(/^<!doctype html>/, "");
  const open: string[] = [];
  let end = 0;
  for (const match of body.matchAll(/<(\/?)([a-zA-Z0-9]+)((?:\s+[a-zA-Z0-9:-]+="[^"<>]*")*)\s*(\/?)>/g)) {
    expect(body.slice(end, match.index)).not.toMatch(/[<>]/);
    end = match.index + match[0].length;
    if (match[1] === "/") expect(open.pop()).toBe(match[2]);
    else if (match[4] !== "/") open.push(match[2]!);
  }
  expect(body.slice(end).trim()).toBe("");
  expect(open).toEqual([]);
}

describe("the page", () => {
  it("is well-formed, names every chart for assistive programs and every id once", async () => {
    for (const document of [regressionDocument(), classDocument(["no", "yes"]), classDocument(["a", "b", "c"])]) {
      const page = await pageOf(document);
      parse(page);
      expect(count(page, /<desc /g)).toBe(count(page, /<svg /g));
      const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [, labels] of page.matchAll(/aria-labelledby="([^"]+)"/g))
        for (const id of labels!.split(" ")) expect(ids).toContain(id);
      for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(id);
    }
  });

  it("shows labels, pairs of them and errors worth reading, foreign texts as texts", async () => {
    const page = await pageOf(textDocument((plain) => `${plain}${HOSTILE}`));
    parse(page);
    for (const title of ["Labels", "Labels that come together", "Errors worth reading"])
      expect(page).toContain(`<h3>${title}</h3>`);
    expect(page).toContain("so &lt;b&gt;glad&lt;/b&gt; 😀");
    // The most frequent label first.
    expect(page.indexOf(">joy&lt;img")).toBeLessThan(page.indexOf(">grief&lt;img"));
    expect(page).toContain("missed, 3.0 %");
  });

  it("draws every part of a regression with as many marks as the document has values", async () => {
    const document = regressionDocument();
    const page = await pageOf(document);
    const summary = document.explanation!.predictions!;
    if (summary.kind !== "regression") throw new Error("no regression");
    expect(count(chartOf(page, "density"), /class="cell /g)).toBe(summary.density.cells.length);
    expect(count(chartOf(page, "calibration"), /<circle /g)).toBe(summary.groups.length);
    expect(count(chartOf(page, "residuals"), /class="bar /g)).toBe(summary.residuals.counts.length);
    expect(count(chartOf(page, "spread"), /<polygon /g)).toBe(2);
    expect(count(chartOf(page, "permutation"), /class="bar /g)).toBe(2);
    expect(count(chartOf(page, "permutation"), /class="whisker"/g)).toBe(1);
    expect(count(chartOf(page, "gain"), /class="bar /g)).toBe(2);
    expect(count(chartOf(page, "dependence-1"), /<circle /g)).toBe(2);
    expect(count(chartOf(page, "scores"), /class="bar /g)).toBe(2);
    expect(count(chartOf(page, "stages"), /class="bar /g)).toBe(2);
    const learning = chartOf(page, "learning-0");
    for (const [, d] of learning.matchAll(/<path class="line[^"]*" d="([^"]+)"/g)) expect(count(d!, /[ML]/g)).toBe(4);
    expect(count(learning, /<path /g)).toBe(2);
    expect(page.includes("Best rmse 1.5 at tree 3 of 4.")).toBe(true);
  });

  it("says the numbers of the document", async () => {
    const page = await pageOf(regressionDocument());
    for (const text of [
      "1.25",
      "50.0\u00a0% better than",
      "no backend",
      "ab".repeat(32),
      "cd".repeat(32),
      "250 MB",
      "1 min 01 s",
      "800 train",
    ])
      expect(page.includes(text), text).toBe(true);
    const bars = [...chartOf(page, "gain").matchAll(/class="bar [^>]* width="([\d.]+)"/g)].map((match) =>
      Number(match[1]),
    );
    expect(bars[0]! / bars[1]!).toBeCloseTo(3, 1);
  });

  it("draws classes: confusion, ROC, precision and recall, reliability, separation of two", async () => {
    const two = classDocument(["no", "yes"]);
    const page = await pageOf(two);
    const summary = two.explanation!.predictions!;
    if (summary.kind !== "classification") throw new Error("no classification");
    expect(count(chartOf(page, "confusion"), /class="cell /g)).toBe(4);
    expect(count(chartOf(page, "reliability"), /<circle /g)).toBe(summary.reliability.length);
    expect(count(chartOf(page, "roc"), /<path /g)).toBe(1);
    expect(count(chartOf(page, "separation"), /class="bar /g)).toBe(50);
    const many = await pageOf(classDocument(["a", "b", "c", "d"]));
    expect(count(chartOf(many, "confusion"), /class="cell /g)).toBe(16);
    expect(count(chartOf(many, "roc"), /<path /g)).toBe(4);
    expect(many.includes('"separation-title')).toBe(false);
  });

  it("loads nothing and lets nothing be loaded", async () => {
    const page = await pageOf(regressionDocument());
    expect(page.includes("default-src &#39;none&#39;")).toBe(true);
    expect(page.match(/https?:|url\((?!#)|@import|<link|<img|<iframe| src=| style="| on[a-z]+="/)?.[0]).toBeUndefined();
  });

  it("takes hostile names as text", async () => {
    const page = await pageOf(regressionDocument((plain) => plain + HOSTILE));
    parse(page);
    expect(page.includes("<img")).toBe(false);
    expect(count(page, /<script>/g)).toBe(1);
    expect(page.match(/[\u001b\u202e]/)?.[0]).toBeUndefined();
    expect(page.includes("price&lt;img src=x onerror=alert(1)&gt;")).toBe(true);
  });

  it("is the same for the same document, whatever the date", async () => {
    const page = await pageOf(regressionDocument());
    vi.useFakeTimers({ now: new Date("2001-02-03") });
    try {
      expect((await pageOf(JSON.parse(JSON.stringify(regressionDocument())))) === page).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it("leaves out what a run does not have", async () => {
    const bare: TrainDocument = {
      ...regressionDocument(),
      algorithms: [{ name: "xgboost", metrics: { test: { rmse: 1 } }, seconds: 1 }],
      modelPath: null,
      modelSha256: null,
    };
    const { explanation: _, columns: __, warnings: ___, ...rest } = bare;
    const page = await pageOf(rest);
    parse(page);
    for (const id of ["learning", "importance", "dependence", "predictions", "data"])
      expect(page.includes(`id="${id}"`), id).toBe(false);
    expect(page.includes("<h1>houses-1</h1>")).toBe(true);
  });
});
