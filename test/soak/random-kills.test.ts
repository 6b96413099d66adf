import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALGORITHMS } from "../../src/algorithms/index.ts";
import { type RandomStream, randomStream } from "../../src/core/index.ts";
import {
  type KillPoint,
  killAndResume,
  type LoggedEvent,
  placeOf,
  tell,
  trainUndisturbed,
  type Undisturbed,
} from "../crash/kill-and-resume.ts";
import { runKaayko } from "../support/run-kaayko.ts";
import { writeTableFile } from "../support/table-file.ts";
import { createTally, rangeOf } from "./tally.ts";

/**
 * Each seed is about eight kills of one run, drawn from the seed alone, so that a seed can be replayed and a range can be shared
 * between machines or gone on with: `KAAYKO_SOAK_SEEDS=50-99 npx vitest run --config vitest.soak.config.ts random-kills`.
 */
const [FIRST, LAST] = rangeOf(process.env.KAAYKO_SOAK_SEEDS, [0, 139]);
const ROWS = 300;

const folder = mkdtempSync(join(tmpdir(), "kaayko-soak-"));
const csv = join(folder, "table.csv");
const parquet = join(folder, "table.parquet");
const comments = join(folder, "comments.parquet");
const entities = join(folder, "entities.parquet");
const credit = join(folder, "credit.parquet");
const payments = join(folder, "payments.parquet");
const series = join(folder, "series.csv");
const short = "--backend cpu --rounds 12 --epochs 1";

/** Small runs that differ in what they go through: tables, tasks, folds, early stopping, refits, policies, a recipe. */
const CASES = [
  `--data ${csv} --target label --ignore score ${short} --refit never`,
  `--data ${parquet} --target score ${short} --algorithms xgboost,hist-gradient,baseline --folds 2 --checkpoint-every 1steps`,
  `--data ${csv} --target daylight --task binary --ignore label ${short} --algorithms mlp,hist-gradient --refit never`,
  `--recipe paddle-safety --data ${parquet} ${short} --refit never --threads 2`,
  `--data ${csv} --target label --ignore score ${short} --rounds 30 --algorithms xgboost,hist-gradient --set xgboost.earlyStoppingRounds=3 --set hist-gradient.earlyStoppingRounds=3 --refit always`,
  `--data ${parquet} --target score --backend cpu --epochs 2 --algorithms mlp --folds 2 --refit always --checkpoint-every 2steps`,
  `--recipe emotions --data ${comments} ${short} --algorithms text-linear,baseline --refit always`,
  `--recipe emotions --data ${comments} --backend cpu --epochs 1 --algorithms text-mlp,text-encoder,ensemble --refit never`,
  `--recipe assistant-ner --data ${entities} --backend cpu --epochs 3`,
  `--recipe assistant-credit-risk --data ${credit} ${short} --algorithms xgboost,hist-gradient,calibrated`,
  `--recipe transactions-category --data ${payments} ${short}`,
  `--recipe transactions-amount --data ${payments} ${short}`,
  `--recipe transactions-anomaly --data ${payments}`,
  `--recipe transactions-cashflow --data ${payments}`,
  `--data ${series} --target flow --task forecast --time day --horizon 2 --backend cpu --rounds 5 --epochs 1 --refit never`,
];

interface Prepared extends Undisturbed {
  readonly args: readonly string[];
  readonly places: readonly string[];
}

const prepared = new Map<number, Prepared>();

/** Trained once for all seeds of a case. */
async function prepare(number: number): Promise<Prepared> {
  const known = prepared.get(number);
  if (known !== undefined) return known;
  const args = [...CASES[number]!.split(" "), "--seed", String(number + 1)];
  const undisturbed = await trainUndisturbed(args, runKaayko);
  const made = { ...undisturbed, args, places: [...new Set(undisturbed.steps.map(placeOf))] };
  prepared.set(number, made);
  return made;
}

const RESUMED: LoggedEvent = { type: "resumed", stage: "", step: 0 };

/** Five to sixteen kills on the way through a run: in places, at moments, as soon as a run goes on, before a resume says anything. */
function drawPoints(random: RandomStream, { steps, places, seconds }: Prepared): KillPoint[] {
  const drawn = Array.from({ length: 5 + random.integer(4) }, () => {
    const place = places[random.integer(places.length)]!;
    const there = steps.filter((step) => placeOf(step) === place);
    return there[random.integer(there.length)]!;
  });
  const inOrder = drawn.sort((a, b) => steps.indexOf(a) - steps.indexOf(b));
  return inOrder.flatMap((point, i): KillPoint[] => {
    const kind = random.float();
    // A run that began behind others' steps ends sooner: a kill after that would be none.
    if (kind < 0.15) return [{ afterMs: (random.float() * seconds * 1000) / 4 }];
    if (i === 0 || kind < 0.7) return [point];
    return kind < 0.85 ? [RESUMED, point] : [{ afterMs: random.float() * 400 }, point];
  });
}

beforeAll(async () => {
  writeTableFile(csv, ROWS);
  const days = Array.from(
    { length: 60 },
    (_, day) => `${day},${(10 + 3 * Math.sin(day / 3) + (day % 7) / 5).toFixed(3)}`,
  );
  writeFileSync(series, ["day,flow", ...days].join("\n"));
  for (const [recipe, path] of [
    ["paddle-safety", parquet],
    ["emotions", comments],
    ["assistant-ner", entities],
    ["assistant-credit-risk", credit],
    ["transactions-anomaly", payments],
  ]) {
    // Days are made of payments: there must be some weeks of them.
    const rows = path === payments ? 6 * ROWS : ROWS;
    const made = await runKaayko(`data generate --recipe ${recipe} --rows ${rows} --out ${path}`.split(" "));
    expect(made.code, made.stderr).toBe(0);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("SIGKILLs at random, in every stage and algorithm", () => {
  it("have a case for every algorithm", async () => {
    const places = (await Promise.all(CASES.map((_, number) => prepare(number)))).flatMap((made) => made.places);
    for (const name of Object.keys(ALGORITHMS)) expect(places).toContain(`train/${name}`);
  });

  it(`seeds ${FIRST} to ${LAST} end in the bytes of a run that nobody disturbed`, async () => {
    const tally = createTally();
    const began = performance.now();
    for (let seed = FIRST; seed <= LAST; seed++) {
      const number = seed % CASES.length;
      const undisturbed = await prepare(number);
      const points = drawPoints(randomStream(seed, "soak", "kills"), undisturbed);
      const outcome = await killAndResume(undisturbed.args, points);
      expect(outcome.modelSha256, `seed ${seed}: ${JSON.stringify({ points, landed: outcome.landed })}`).toBe(
        undisturbed.modelSha256,
      );
      for (const place of outcome.landed) if (place !== null && place !== "the end") tally.survived(place);
      const pace = (performance.now() - began) / 1000 / (seed - FIRST + 1);
      tell(
        `seed ${seed}, case ${number}: killed in ${outcome.landed.join(", ")}; same bytes (${pace.toFixed(1)} s each)`,
      );
    }
    tally.print(`Kills survived, seeds ${FIRST} to ${LAST}: 0 lost commits, 0 repairs, all hashes equal`);
    expect(tally.total).toBeGreaterThanOrEqual(4 * (LAST - FIRST));
  });
});
