import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderReports } from "../../src/reports/index.ts";
import { classDocument, recipeDocument, regressionDocument } from "../reports/documents.ts";
import { type BrowserPage, findBrowser, openBrowser } from "../support/browser.ts";

const browser = findBrowser();
const HOSTILE = `"><img src=x onerror=alert(1)></title><script>alert(2)</script>`;
const DOCUMENTS = {
  regression: regressionDocument(),
  recipe: recipeDocument(),
  binary: classDocument(["no", "yes"]),
  classes: classDocument(["apple", "banana", "cherry", "date palm", "elder", "fig", "grape", "huckleberry", "ilama"]),
  hostile: recipeDocument((plain) => plain + HOSTILE),
};

const folder = mkdtempSync(join(tmpdir(), "kaayko-page-"));
let page: BrowserPage;
beforeAll(async () => {
  if (browser !== null) page = await openBrowser(browser);
});
afterAll(async () => {
  await page?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function look(name: keyof typeof DOCUMENTS, width: number, scheme: "light" | "dark"): Promise<void> {
  const path = join(folder, `${name}.html`);
  writeFileSync(path, (await renderReports(DOCUMENTS[name]))["report.html"]!);
  await page.send("Emulation.setDeviceMetricsOverride", {
    width,
    height: 900,
    deviceScaleFactor: 1,
    mobile: width < 600,
  });
  const features = [{ name: "prefers-color-scheme", value: scheme }];
  await page.send("Emulation.setEmulatedMedia", { media: "screen", features });
  await page.open(pathToFileURL(path).href);
}

/** Of every chart: its name, whether it has a size, and whether all its marks lie within it (2 units of tolerance). */
const CHARTS = `[...document.querySelectorAll("svg.chart")].map((svg) => {
  const { width, height } = svg.getBoundingClientRect();
  const [, , w, h] = svg.getAttribute("viewBox").split(" ").map(Number);
  const outside = [...svg.querySelectorAll("rect.bar,rect.cell,circle,text")].filter((mark) => {
    const box = mark.getBoundingClientRect(), own = svg.getBoundingClientRect(), unit = own.width / w;
    return box.left < own.left - 3 * unit || box.right > own.right + 3 * unit || box.top < own.top - 3 * unit || box.bottom > own.bottom + 3 * unit;
  }).map((mark) => mark.outerHTML.slice(0, 90));
  return { name: svg.getAttribute("aria-labelledby"), seen: width > 250 && height > 20, outside };
})`;

// Skipped where no Chromium is installed: the page needs a real browser to be looked at.
describe.skipIf(browser === null)("the page in a browser", () => {
  it.each(
    (Object.keys(DOCUMENTS) as (keyof typeof DOCUMENTS)[]).flatMap((name) => [
      [name, 1280, "light"] as const,
      [name, 1280, "dark"] as const,
      [name, 400, "light"] as const,
    ]),
  )("shows every chart of %s at %i pixels, %s, without a complaint or a request", async (name, width, scheme) => {
    await look(name, width, scheme);
    const charts = await page.evaluate<{ name: string; seen: boolean; outside: string[] }[]>(CHARTS);
    expect(charts.length).toBeGreaterThanOrEqual(6);
    for (const chart of charts) expect(chart.seen, chart.name).toBe(true);
    if (name !== "hostile") for (const chart of charts) expect(chart.outside, chart.name).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    expect(await page.evaluate("document.querySelectorAll('img,iframe,link').length")).toBe(0);
    expect(page.complaints).toEqual([]);
  });

  it("changes its colours by the button, also by keyboard", async () => {
    await look("regression", 1280, "light");
    const ground = "getComputedStyle(document.body).backgroundColor";
    const light = await page.evaluate<string>(ground);
    await page.evaluate("document.getElementById('theme').focus()");
    for (const type of ["keyDown", "keyUp"])
      await page.send("Input.dispatchKeyEvent", {
        type,
        key: "Enter",
        code: "Enter",
        text: "\r",
        windowsVirtualKeyCode: 13,
      });
    expect(await page.evaluate<string>(ground)).not.toBe(light);
    await page.evaluate("document.getElementById('theme').click()");
    expect(await page.evaluate<string>(ground)).toBe(light);
  });

  it("prints light, without navigation, on a few pages", async () => {
    await look("recipe", 1280, "dark");
    await page.send("Emulation.setEmulatedMedia", { media: "print" });
    expect(await page.evaluate("getComputedStyle(document.querySelector('nav')).display")).toBe("none");
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    const { data } = await page.send("Page.printToPDF", { preferCSSPageSize: true, printBackground: true });
    const pages = Buffer.from(String(data), "base64")
      .toString("latin1")
      .match(/\/Type\s*\/Page\b/g)!.length;
    expect(pages).toBeGreaterThan(1);
    expect(pages).toBeLessThan(16);
  });
});
