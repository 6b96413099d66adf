import { mkdtempSync, rmSync } from "node:fs";
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
 * Each seed is a few kills of one run, drawn from the seed alone, so that a seed can be replayed and a range can be shared
 * between machines or gone on with: `KAAYKO_SOAK_SEEDS=250-499 npx vitest run --config vitest.soak.config.ts random-kills`.
 */
const [FIRST, LAST] = rangeOf(process.env.KAAYKO_SOAK_SEEDS, [0, 999]);
const ROWS = 300;

const folder = mkdtempSync(join(tmpdir(), "kaayko-soak-"));
const csv = join(folder, "table.csv");
const parquet = join(folder, "table.parquet");
const short = "--backend cpu --rounds 12 --epochs 1";

/** Small runs that differ in what they go through: tables, tasks, folds, early stopping, refits, policies, a recipe. */
const CASES = [
  `--data ${csv} --target label --ignore score ${short} --refit never`,
  `--data ${parquet} --target score ${short} --algorithms xgboost,hist-gradient,baseline --folds 2 --checkpoint-every 1steps`,
  `--data ${csv} --target daylight --task binary --ignore label ${short} --algorithms mlp,hist-gradient --refit never`,
  `--recipe paddle-safety --data ${parquet} ${short} --refit never --threads 2`,
  `--data ${csv} --target label --ignore score ${short} --rounds 30 --algorithms xgboost,hist-gradient --set xgboost.earlyStoppingRounds=3 --set hist-gradient.earlyStoppingRounds=3 --refit always`,
  `--data ${parquet} --target score --backend cpu --epochs 2 --algorithms mlp --folds 2 --refit always --checkpoint-every 2steps`,
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
  const undisturbed = await trainUndisturbed(args);
  const made = { ...undisturbed, args, places: [...new Set(undisturbed.steps.map(placeOf))] };
  prepared.set(number, made);
  return made;
}

const RESUMED: LoggedEvent = { type: "resumed", stage: "", step: 0 };

/** One to three kills: in a place, at a moment, as soon as the run goes on, before a resume says anything. */
function drawPoints(random: RandomStream, { steps, places, seconds }: Prepared): KillPoint[] {
  const place = places[random.integer(places.length)]!;
  const there = steps.filter((step) => placeOf(step) === place);
  const inPlace = there[random.integer(there.length)]!;
  const moment = { afterMs: random.float() * seconds * 1000 };
  const kind = random.float();
  if (kind < 0.6) return [inPlace];
  if (kind < 0.8) return [moment];
  if (kind < 0.9) return [inPlace, RESUMED];
  return [inPlace, { afterMs: random.float() * 400 }, { afterMs: random.float() * 400 }];
}

beforeAll(async () => {
  writeTableFile(csv, ROWS);
  const made = await runKaayko(`data generate --recipe paddle-safety --rows ${ROWS} --out ${parquet}`.split(" "));
  expect(made.code, made.stderr).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("SIGKILLs at random, in every stage and algorithm", () => {
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
    expect(tally.total).toBeGreaterThanOrEqual(LAST - FIRST === 0 ? 0 : (LAST - FIRST) / 2);
  });

  it("have a case for every algorithm", async () => {
    const { places } = await prepare(0);
    const more = (await Promise.all([1, 2, 3, 4, 5].map((number) => prepare(number)))).flatMap((made) => made.places);
    for (const name of Object.keys(ALGORITHMS)) expect([...places, ...more]).toContain(`train/${name}`);
  });
});
