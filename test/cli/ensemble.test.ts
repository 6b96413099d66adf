import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomStream } from "../../src/core/index.ts";
import { runHere } from "../support/run-here.ts";

const ROWS = 600;

/** Half of what there is to learn is a line, which trees only approach; half are steps, which a line cannot follow. */
function table(): string {
  const random = randomStream(5, "ensemble");
  const lines = Array.from({ length: ROWS }, () => {
    const [a, b, c] = [random.normal(), random.normal(), random.float()];
    return [a, b, c, 2 * a - b + (c > 0.3 ? 2 : 0) + (c > 0.6 ? -3 : 0) + 0.3 * random.normal()].join(",");
  });
  return ["a,b,c,y", ...lines].join("\n");
}

describe("an ensemble for a table of numbers", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kaayko-ensemble-"));
    writeFileSync(join(folder, "table.csv"), table());
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("takes part where it is named, errs hardly more than the best member, and predicts as it was judged", async () => {
    const algorithms = "xgboost,hist-gradient,ridge,ensemble";
    const args = `train --data table.csv --target y --algorithms ${algorithms} --rounds 150 --refit never --report none --seed 2 --json --no-input`;
    const { code, stdout, stderr } = await runHere(args.split(" "), { cwd: folder });
    expect(code, stderr).toBe(0);
    const { algorithms: ranked, modelPath } = JSON.parse(stdout);
    const errorOf = (name: string): number =>
      ranked.find((one: { name: string }) => one.name === name).metrics.test.rmse;
    const errors = ["xgboost", "hist-gradient", "ridge"].map(errorOf);
    expect(errorOf("ensemble")).toBeLessThan(1.02 * Math.min(...errors));
    expect(errorOf("ensemble")).toBeLessThan(0.8 * Math.max(...errors));

    const row = JSON.stringify({ a: 1, b: -1, c: 0.5 });
    const answer = await runHere(["predict", "--model", modelPath, row, "--json", "--no-input"], { cwd: folder });
    expect(answer.code, answer.stderr).toBe(0);
    // 2 + 1 + 2 is what there is.
    const [{ prediction }] = JSON.parse(answer.stdout).predictions;
    expect(Math.abs(prediction - 5)).toBeLessThan(1);
  });
});
