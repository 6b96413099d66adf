import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const CORPUS = pathOf("../fixtures/corpus/0.1.0/");

describe("a process that predicts a file", () => {
  let folder: string;
  let data: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kaayko-predict-kills-"));
    data = join(folder, "table.csv");
    const [head, ...rows] = readFileSync(join(CORPUS, "table.csv"), "utf8").trim().split("\n");
    writeFileSync(data, [head, ...Array.from({ length: 10 }, () => rows).flat()].join("\n"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs one that dies after some batches; gives how it ended and how many rows it found done. */
  function predict(out: string, batches: number): { signal: string | null; status: number | null; found: number } {
    const child = pathOf("./children/predict.mjs");
    const model = join(CORPUS, "models/xgboost/1");
    const parameters = [child, pathOf("../../dist"), model, data, join(folder, out), String(batches)];
    const { signal, status, stdout } = spawnSync(process.execPath, parameters, { encoding: "utf8" });
    return { signal, status, found: Number(stdout) };
  }

  it("loses no committed batch to SIGKILLs, shows no half file, and ends in the same bytes", () => {
    expect(predict("undisturbed.parquet", 0)).toEqual({ signal: null, status: 0, found: 0 });
    expect(predict("out.parquet", 3)).toEqual({ signal: "SIGKILL", status: null, found: 0 });
    expect(existsSync(join(folder, "out.parquet"))).toBe(false);
    const second = predict("out.parquet", 6);
    expect(second.signal).toBe("SIGKILL");
    expect(second.found).toBeGreaterThanOrEqual(2 * 160);
    const last = predict("out.parquet", 0);
    expect(last).toMatchObject({ signal: null, status: 0 });
    expect(last.found).toBeGreaterThan(second.found);
    expect(readFileSync(join(folder, "out.parquet")).equals(readFileSync(join(folder, "undisturbed.parquet")))).toBe(
      true,
    );
    expect(
      readdirSync(folder).filter((name) => name.startsWith(".out.parquet.") && name.endsWith(".predicted")),
    ).toEqual([]);
  });
});
