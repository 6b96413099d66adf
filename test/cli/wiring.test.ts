import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runHere } from "../support/run-here.ts";
import { type Finished, runKaayko } from "../support/run-kaayko.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-wiring-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function kaayko(argv: string, input = "", run: typeof runHere = runHere): Promise<Finished> {
  return run(argv.split(" "), { cwd, input, env: { HOME: cwd, KAAYKO_CACHE: join(cwd, "cache") } });
}

async function json(argv: string, input = "", run: typeof runHere = runHere) {
  const { code, stdout, stderr } = await kaayko(`${argv} --json`, input, run);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

it("goes from nothing to a model that predicts, with the real rooms behind every command", async () => {
  expect(await json("data generate --out houses.parquet --rows 600", "", runKaayko)).toMatchObject({
    rows: 600,
    target: "price",
  });
  expect(await json("data inspect houses.parquet")).toMatchObject({ format: "parquet", rows: 600 });
  expect((await json("data inspect houses.parquet --rows 100")).columns).toHaveLength(6);

  const train = "train --data houses.parquet --target price --algorithms xgboost,baseline --rounds 20 --threads 1";
  // Real processes, which end by themselves; what they leave is found by commands in this one.
  const trained = await json(train, "", runKaayko);
  expect(trained).toMatchObject({
    status: "completed",
    champion: "xgboost",
    rows: { train: 480, validation: 60, test: 60 },
  });
  expect((await json(train)).modelSha256).toBe(trained.modelSha256);
  expect(await json(`resume ${trained.run}`)).toEqual(trained);
  expect(readFileSync(join(cwd, trained.modelPath, "report.txt"), "utf8")).toContain("xgboost");

  expect((await json("status")).runs).toHaveLength(2);
  const { checkpoints } = await json(`list-checkpoints ${trained.run}`);
  expect(await json(`verify ${trained.run}`)).toMatchObject({ ok: true, resumable: true });
  expect((await json(`rollback ${trained.run} --to ${checkpoints.at(-1).sequence}`)).run).toBe(trained.run);
  expect((await json(`resume ${trained.run}`)).modelSha256).toBe(trained.modelSha256);
  const refused = await kaayko(`resume ${trained.run} --rounds 21`);
  expect(refused.code, refused.stderr).toBe(2);
  expect((await json(`resume ${trained.run} --fork --rounds 21`)).modelSha256).not.toBe(trained.modelSha256);

  expect((await json("models list")).models[0]).toMatchObject({
    name: "houses",
    algorithm: "xgboost",
    target: "price",
  });
  expect((await json("models show houses/1")).modelSha256).toBe(trained.modelSha256);
  expect((await json("evaluate --model houses/1 --data houses.parquet")).metrics.r2).toBeGreaterThan(0.8);
  expect((await json("predict --model houses --data houses.parquet --out p.csv --keep price")).rows).toBe(600);
  const row = '{"area": 100, "bedrooms": 3, "age": null, "distance": 2, "city": "Lyon"}';
  const [one] = (await json("predict --model houses", row)).predictions;
  const [{ explanation, prediction }] = (await json("predict --model houses --explain", row)).predictions;
  expect(explanation.score).toBeCloseTo(prediction, 6);
  expect(Object.keys(explanation.contributions)).toHaveLength(5);
  expect((await json("models show houses --importance")).importance).toMatchObject({
    measures: ["gain", "cover", "splits"],
    features: [{ feature: "area" }, {}, {}, {}, {}],
  });
  const csv = await kaayko("predict --model houses", "area,bedrooms,age,distance,city\n100,3,,2,Lyon\n", runKaayko);
  expect(JSON.parse(csv.stdout).prediction).toBe(one.prediction);

  expect((await json("cleanup --keep-last 1")).removed).toHaveLength(2);
  expect((await kaayko("resume", "")).code).toBe(0);
});
