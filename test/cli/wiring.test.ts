import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const MAIN = new URL("../../dist/cli/main.js", import.meta.url).href;
const LAUNCH = `import(${JSON.stringify(MAIN)}).then(async ({ main }) => { process.exitCode = await main(process.argv.slice(1)); })`;

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-wiring-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function kaayko(argv: string, input = ""): { code: number | null; stdout: string; stderr: string } {
  const env = { PATH: process.env.PATH, HOME: cwd, KAAYKO_CACHE: join(cwd, "cache") };
  const done = spawnSync(process.execPath, ["-e", LAUNCH, "--", ...argv.split(" ")], {
    cwd,
    env,
    input,
    encoding: "utf8",
  });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

function json(argv: string, input = "") {
  const { code, stdout, stderr } = kaayko(`${argv} --json`, input);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

it("goes from nothing to a model that predicts, with the real rooms behind every command", () => {
  expect(json("data generate --out houses.parquet --rows 600")).toMatchObject({ rows: 600, target: "price" });
  expect(json("data inspect houses.parquet")).toMatchObject({ format: "parquet", rows: 600 });
  expect(json("data inspect houses.parquet --rows 100").columns).toHaveLength(6);

  const train = "train --data houses.parquet --target price --algorithms xgboost,baseline --rounds 20 --threads 1";
  const trained = json(train);
  expect(trained).toMatchObject({
    status: "completed",
    champion: "xgboost",
    rows: { train: 480, validation: 60, test: 60 },
  });
  expect(json(train).modelSha256).toBe(trained.modelSha256);
  expect(json(`resume ${trained.run}`)).toEqual(trained);
  expect(readFileSync(join(cwd, trained.modelPath, "report.txt"), "utf8")).toContain("xgboost");

  expect(json("status").runs).toHaveLength(2);
  const { checkpoints } = json(`list-checkpoints ${trained.run}`);
  expect(json(`verify ${trained.run}`)).toMatchObject({ ok: true, resumable: true });
  expect(json(`rollback ${trained.run} --to ${checkpoints.at(-1).sequence}`).run).toBe(trained.run);
  expect(json(`resume ${trained.run}`).modelSha256).toBe(trained.modelSha256);
  const refused = kaayko(`resume ${trained.run} --rounds 21`);
  expect(refused.code, refused.stderr).toBe(2);
  expect(json(`resume ${trained.run} --fork --rounds 21`).modelSha256).not.toBe(trained.modelSha256);

  expect(json("models list").models[0]).toMatchObject({ name: "houses", algorithm: "xgboost", target: "price" });
  expect(json("models show houses/1").modelSha256).toBe(trained.modelSha256);
  expect(json("evaluate --model houses/1 --data houses.parquet").metrics.r2).toBeGreaterThan(0.8);
  expect(json("predict --model houses --data houses.parquet --out p.csv --keep price").rows).toBe(600);
  const row = '{"area": 100, "bedrooms": 3, "age": null, "distance": 2, "city": "Lyon"}';
  const [one] = json("predict --model houses", row).predictions;
  const [{ explanation, prediction }] = json("predict --model houses --explain", row).predictions;
  expect(explanation.score).toBeCloseTo(prediction, 6);
  expect(Object.keys(explanation.contributions)).toHaveLength(5);
  expect(json("models show houses --importance").importance).toMatchObject({
    measures: ["gain", "cover", "splits"],
    features: [{ feature: "area" }, {}, {}, {}, {}],
  });
  const csv = kaayko("predict --model houses", "area,bedrooms,age,distance,city\n100,3,,2,Lyon\n");
  expect(JSON.parse(csv.stdout).prediction).toBe(one.prediction);

  expect(json("cleanup --keep-last 1").removed).toHaveLength(2);
  expect(kaayko("resume", "").code).toBe(0);
});
