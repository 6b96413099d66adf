import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transform } from "sucrase";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = new URL("../../", import.meta.url);
const LIBRARY = new URL("dist/index.js", ROOT).href;

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-docs-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** The TypeScript examples of a page, in their order. */
function examplesOf(page: string): string[] {
  const text = readFileSync(new URL(`docs/${page}`, ROOT), "utf8");
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
}

/** Runs modules one after the other in one process, as a user's program that has kaayko installed. */
function run(modules: readonly string[]): { code: number | null; stdout: string; stderr: string } {
  const urls = modules.map((module, i) => {
    const path = join(cwd, `example-${i}.mjs`);
    const { code } = transform(module, { transforms: ["typescript"], disableESTransforms: true });
    writeFileSync(path, code.replaceAll('from "kaayko"', `from ${JSON.stringify(LIBRARY)}`));
    return pathToFileURL(path).href;
  });
  const script = `for (const url of ${JSON.stringify(urls)}) await import(url);`;
  const done = spawnSync(process.execPath, ["--input-type=module", "-e", script], { cwd, encoding: "utf8" });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

function writeHouses(): void {
  const lines = Array.from({ length: 300 }, (_, i) => {
    const area = 40 + ((i * 37) % 160);
    return `${area},${(i * 13) % 90},${i % 3 === 0 ? "Oslo" : "Lyon"},${area * 2 + (i % 3 === 0 ? 50 : 0)}`;
  });
  writeFileSync(join(cwd, "houses.csv"), `area,age,city,price\n${lines.join("\n")}\n`);
}

describe("the examples of the library", () => {
  it("run, and do what their page says", () => {
    writeHouses();
    const { code, stdout, stderr } = run(examplesOf("library.md"));
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^(?:xgboost|hist-gradient) \{/);
    expect(stdout).toContain("binary [");
    expect(stdout).toContain("300 rows");
    expect(stdout).toContain("cached 1 [");
    expect(stdout).toContain("round 50 {");
    expect(stdout).toContain("estimator true\nadds up true\n[ 'cheap', 'dear' ] Float64Array(2)");
    expect(stdout).toContain("interrupted null");
    expect(stdout).toContain("completed {");
    expect(stdout).toContain("custom_stage 1200");
    expect(existsSync(join(cwd, "prices.parquet"))).toBe(true);
  });
});

describe("the examples of the page on features", () => {
  it("train a model, which is then given them again", () => {
    const places = ["INLAND", "NEAR BAY", ""];
    const lines = Array.from({ length: 200 }, (_, i) => {
      const cells = [100 + ((i * 7) % 50), 10 + (i % 20), places[i % 3], (i * 0.37) % 12];
      return [...cells, Number(cells[0]) * 3 + Number(cells[3]) * 100].join(",");
    });
    const header = "total_rooms,households,ocean_proximity,median_income,value";
    writeFileSync(join(cwd, "housing.csv"), `${header}\n${lines.join("\n")}\n`);
    writeFileSync(join(cwd, "mine.ts"), examplesOf("features.md").join("\n"));
    const program = `
      import { predictRows, train } from "kaayko";
      const { predictor, model } = await train({ data: "housing.csv", target: "value", features: "mine.ts",
        algorithms: ["xgboost"], rounds: 5, checkpointsDir: null });
      console.log(model.pipeline.features.map(({ name }) => name).join(" "));
      const champion = await predictor();
      console.log((await predictRows(champion, [{ total_rooms: 100, households: 10, ocean_proximity: null, median_income: 3 }])).length);
      await champion.dispose();`;
    const { code, stdout, stderr } = run([program]);
    expect(code, stderr).toBe(0);
    expect(stdout.split("\n")[0]).toContain("coast income.centred income.high roomsPerHousehold");
    expect(stdout.split("\n")[1]).toBe("1");
  });
});

describe("the example of the page on serving", () => {
  it("answers and ends", () => {
    const { code, stdout, stderr } = run(examplesOf("serving.md"));
    expect(code, stderr).toBe(0);
    expect(stdout).toBe("200\n");
  });
});
