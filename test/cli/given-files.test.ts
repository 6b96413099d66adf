import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runHere } from "../support/run-here.ts";
import type { Finished } from "../support/run-kaayko.ts";

const TRAIN = "train --data houses.csv --validation-size 0 --report none --threads 1";
const LOSS = `
  import { half } from "./half.ts";
  export const derivatives = (scores: Float64Array, target: Float64Array, gradient: Float64Array, hessian: Float64Array): void => {
    scores.forEach((score, i) => {
      gradient[i] = half * (score - target[i]!);
      hessian[i] = half;
    });
  };
  export const baseScore = () => 100;
`;

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "kaayko-given-"));
  writeTable("houses.csv", (area, city) => 3 * area + (city === "Lyon" ? 50 : 0));
  writeTable("later.csv", (area) => 2 * area + 40);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function writeTable(name: string, price: (area: number, city: string) => number): void {
  const rows = Array.from({ length: 300 }, (_, i) => {
    const [area, city] = [20 + ((i * 37) % 151), ["Oslo", "Lyon", "Bari"][i % 3]!];
    return `${area},${city},${0.5 * area},${price(area, city)}`;
  });
  writeFileSync(join(cwd, name), `area,city,guess,price\n${rows.join("\n")}\n`);
}

function kaayko(argv: string): Promise<Finished> {
  return runHere(argv.split(" "), { cwd, env: { HOME: cwd, KAAYKO_CACHE: join(cwd, "cache") } });
}

async function json(argv: string) {
  const { code, stdout, stderr } = await kaayko(`${argv} --json`);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

/** A model's plain part, without blanks. */
function contentOf(path: string): string {
  return JSON.stringify(JSON.parse(readFileSync(join(cwd, path, "model.json"), "utf8")));
}

it("measures further tables after each round, which decide nothing", async () => {
  const train = `${TRAIN} --target price --algorithms xgboost --rounds 3 --name plain`;
  const run = await json(`${train} --eval later=later.csv --run-id measured`);
  expect((await json(train)).modelSha256).toBe(run.modelSha256);
  const events = readFileSync(join(cwd, "checkpoints", "measured", "events.jsonl"), "utf8");
  expect(events.match(/"later\.rmse":\d/g)).toHaveLength(3);
  expect((await kaayko(`${train} --eval later.csv`)).stderr).toMatch(/NAME=FILE/);
});

it("goes on from a model with more rounds on other rows, under its own target and algorithm", async () => {
  const first = await json(`${TRAIN} --target price --algorithms hist-gradient --rounds 8`);
  const later = TRAIN.replace("houses", "later");
  const more = await json(`${later} --warm-start houses --rounds 4`);
  expect(more.champion).toBe("hist-gradient");
  expect(contentOf(first.modelPath)).toMatch(/"rounds":8\b/);
  expect(contentOf(more.modelPath)).toMatch(/"rounds":12,.*"warmRounds":8\b/);
  expect((await json(`resume ${more.run}`)).modelSha256).toBe(more.modelSha256);
  const other = await kaayko(`${later} --warm-start houses/1 --algorithms mlp`);
  expect(other.code).toBe(2);
  expect(other.stderr).toMatch(/target and algorithm must be the model's, price and hist-gradient/);
  rmSync(join(cwd, first.modelPath), { recursive: true });
  expect((await kaayko(`resume ${more.run}`)).code).not.toBe(0);
});

it("fits trees to a loss in a file, whose content a resume compares", async () => {
  writeFileSync(join(cwd, "loss.ts"), LOSS);
  writeFileSync(join(cwd, "half.ts"), "export const half = 0.5;\n");
  const train = `${TRAIN} --target price --objective loss.ts --init-score guess --rounds 5`;
  const run = await json(train);
  expect(run.algorithms.map(({ name }: { name: string }) => name).sort()).toEqual(["hist-gradient", "xgboost"]);
  expect(contentOf(run.modelPath)).toMatch(/"initialScore":\[2\],.*"loss":"custom"/);
  writeFileSync(join(cwd, "half.ts"), "export const half = 0.25;\n");
  const changed = await kaayko(`resume ${run.run}`);
  expect(changed.code).toBe(2);
  expect(changed.stderr).toMatch(/objectiveSha256/);
  writeFileSync(join(cwd, "loss.ts"), "export const link = 'log';\n");
  expect((await kaayko(train)).stderr).toMatch(/must export derivatives/);
});
