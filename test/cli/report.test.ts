import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatNumber } from "../../src/reports/index.ts";
import { runHere } from "../support/run-here.ts";
import { writeTableFile } from "../support/table-file.ts";

const TRAIN =
  "train --data table.csv --target label --ignore score --algorithms xgboost,baseline --rounds 8 --no-input --json";

let cwd: string;
let document: {
  run: string;
  champion: string;
  modelPath: string;
  modelSha256: string;
  explanation: { permutation: { features: unknown[] } };
};

const kaayko = (args: string) => runHere(args.split(" "), { cwd });

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-report-"));
  writeTableFile(join(cwd, "table.csv"), 400);
  const trained = await kaayko(`${TRAIN} --threads 1`);
  expect(trained.stderr.includes("rror"), trained.stderr).toBe(false);
  document = JSON.parse(trained.stdout);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe("kaayko report", () => {
  it("measures the same with any number of threads", async () => {
    const again = await kaayko(`${TRAIN} --threads 3`);
    const second = JSON.parse(again.stdout) as typeof document;
    expect(second.explanation.permutation.features.length).toBeGreaterThan(2);
    expect(second.explanation).toEqual(document.explanation);
    rmSync(join(cwd, second.modelPath), { recursive: true });
    rmSync(join(cwd, "checkpoints", second.run), { recursive: true });
  });

  it("finds page, card and text beside the model, which do not touch its hash", async () => {
    const model = join(cwd, document.modelPath);
    for (const name of ["report.html", "report.txt", "card.md", "report.json"])
      expect(existsSync(join(model, name)), name).toBe(true);
    const stored = JSON.parse(readFileSync(join(model, "model.json"), "utf8")) as { modelSha256: string };
    expect(stored.modelSha256).toBe(document.modelSha256);
    const metadata = readFileSync(join(model, "metadata.json"), "utf8");
    expect(metadata.includes('"history"')).toBe(false);
  });

  it("writes the same page again, of the run, of the newest run, of the model", async () => {
    const page = readFileSync(join(cwd, document.modelPath, "report.html"), "utf8");
    for (const name of ["", ` ${document.run}`, " table"]) {
      const { code, stdout, stderr } = await kaayko(`report${name} --out again.html --json`);
      expect([code, stderr], name).toEqual([0, ""]);
      expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, run: document.run, champion: document.champion });
      // The run's document says "completed" and lists the stage that saved; what lies beside the model was written before.
      const again = readFileSync(join(cwd, "again.html"), "utf8");
      const withoutStages = (text: string): string =>
        text
          .replace(/<div class="card"><h3>Time by stage[\s\S]*?<\/svg>/, "")
          .replace(/<dt>Whole run[\s\S]*?<\/dd>/, "");
      expect(withoutStages(again) === withoutStages(page), name).toBe(true);
      rmSync(join(cwd, "again.html"));
    }
  });

  it("writes card, text and document by the ending of the file, and a page by default", async () => {
    await kaayko("report table --out a.md");
    await kaayko("report table --out a.json");
    await kaayko("report table");
    expect(readFileSync(join(cwd, "a.md"), "utf8")).toContain("## Intended use");
    expect(JSON.parse(readFileSync(join(cwd, "a.json"), "utf8")).champion).toBe(document.champion);
    expect(readFileSync(join(cwd, "table.html"), "utf8").startsWith("<!doctype html>")).toBe(true);
  });

  it("plots in the terminal and writes nothing", async () => {
    const { code, stdout } = await kaayko("report table --terminal");
    expect(code).toBe(0);
    for (const title of ["Importance by shuffling", "Calibration: off by", "Actual and predicted classes", "lowest"])
      expect(stdout).toContain(title);
  });

  it("has the numbers of the run in its tables, and colour only where it is wanted", async () => {
    const trained = JSON.parse(readFileSync(join(cwd, document.modelPath, "report.json"), "utf8"));
    const plain = await kaayko("report table --terminal");
    for (const { name, metrics } of trained.algorithms) {
      const row = plain.stdout.split("\n").find((line) => new RegExp(`^\\S+ +${name}\\b`, "i").test(line));
      expect(row, name).toContain(formatNumber(metrics.test.logLoss));
    }
    expect(plain.stdout).toContain(document.modelSha256);
    expect(plain.stdout).not.toContain("\u001b");
    const coloured = await kaayko("report table --terminal --color");
    expect(coloured.stdout).toContain("\u001b[");
    const stripped = coloured.stdout.replace(/\u001b\[[0-9;]*m/g, "");
    expect(stripped).toBe(plain.stdout);
    const refused = await runHere(["report", "table", "--terminal"], { cwd, env: { NO_COLOR: "1", TERM: "xterm" } });
    expect(refused.stdout).toBe(plain.stdout);
  });

  it("says what is not there, and what is damaged", async () => {
    const missing = await kaayko("report tabel");
    expect([missing.code, missing.stderr.includes("table")]).toEqual([2, true]);
    const path = join(cwd, document.modelPath, "report.json");
    const whole = readFileSync(path, "utf8");
    writeFileSync(path, whole.replace('"algorithms": [', '"algorithms": [7,'));
    const damaged = await kaayko("report table");
    expect(damaged.stderr).toContain("got algorithms.0");
    expect(damaged.code).not.toBe(0);
    writeFileSync(path, whole);
  });
});
