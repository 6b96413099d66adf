import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type KillOptions,
  type KillPoint,
  killAndResume,
  type LoggedEvent,
  tell,
  trainUndisturbed,
  type Undisturbed,
} from "../crash/kill-and-resume.ts";
import { runKaayko } from "../support/run-kaayko.ts";
import { writeTableFile } from "../support/table-file.ts";

const ROWS = Number(process.env.KAAYKO_SOAK_ROWS ?? 1500);
/** Of the mlp: what is set up on this machine, "cpu" needs nothing. */
const BACKEND = process.env.KAAYKO_SOAK_BACKEND ?? "cpu";

const folder = mkdtempSync(join(tmpdir(), "kaayko-soak-"));
const csv = join(folder, "table.csv");
const parquet = join(folder, "table.parquet");

beforeAll(async () => {
  writeTableFile(csv, ROWS);
  const { code, stderr } = await runKaayko(
    `data generate --recipe paddle-safety --rows ${ROWS} --out ${parquet}`.split(" "),
  );
  expect(code, stderr).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("harder cases", () => {
  const trees = `--data ${csv} --target label --ignore score --seed 5 --algorithms xgboost,hist-gradient --rounds 40`;
  const stopping = `${trees} --folds 3 --set xgboost.earlyStoppingRounds=3 --set hist-gradient.earlyStoppingRounds=3`;
  const resumed: LoggedEvent = { type: "resumed", stage: "", step: 0 };

  it.each<[string, string, KillPoint[], KillOptions]>([
    ["two kills in a row", trees, [trainStep(10), trainStep(50)], {}],
    ["a kill as soon as the run goes on", trees, [trainStep(20), resumed, resumed], {}],
    ["a kill before a resume says anything", trees, [trainStep(20), { afterMs: 250 }, { afterMs: 500 }], {}],
    ["two threads, then one", `${trees} --threads 2`, [trainStep(20)], { resumeArgs: ["--threads", "1"] }],
    ["a moved folder", trees, [trainStep(20)], { between: moved }],
    ["another time zone and language", trees, [trainStep(20)], { env: { TZ: "Asia/Kathmandu", LANG: "tr_TR.UTF-8" } }],
    ["early stopping, folds, and the refit", stopping, [trainStep(30), trainStep(90), trainStep(170)], {}],
    ["a damaged newest checkpoint", trees, [trainStep(20), resumed, { afterMs: 400 }], { between: damageOnce() }],
    [
      "a table that is streamed",
      `--data ${parquet} --target score --seed 6 --algorithms mlp --epochs 3 --backend ${BACKEND} --max-memory 1MB`,
      [trainStep(3), trainStep(8)],
      {},
    ],
  ])("%s", async (name, settings, points, options) => {
    const args = settings.split(" ");
    const undisturbed = await trainUndisturbed(args);
    const landed = new Map<string, number>();
    await killSame(args, points, undisturbed, landed, options);
    tell(`${name}: ${[...landed].map(([place, kills]) => `${place} ${kills}`).join(", ")}, the same bytes`);
  });
});

async function killSame(
  args: readonly string[],
  points: readonly KillPoint[],
  undisturbed: Undisturbed,
  landed: Map<string, number>,
  options: KillOptions = {},
): Promise<void> {
  const outcome = await killAndResume(args, points, options);
  expect(outcome.modelSha256, JSON.stringify({ points, landed: outcome.landed })).toBe(undisturbed.modelSha256);
  for (const place of outcome.landed) if (place !== null) landed.set(place, (landed.get(place) ?? 0) + 1);
}

function trainStep(step: number): LoggedEvent {
  return { type: "step", stage: "train", step };
}

/** Flips a byte of the newest manifest, once: the resume must find it, go back one checkpoint, and be killed at that. */
function damageOnce(): (checkpoints: string) => string {
  let done = false;
  return (checkpoints) => {
    if (done) return checkpoints;
    done = true;
    const manifests = join(checkpoints, readdirSync(checkpoints)[0]!, "manifests");
    const sequence = (name: string): number => Number(/-(\d+)/.exec(name)?.[1] ?? 0);
    const newest = readdirSync(manifests).sort((a, b) => sequence(b) - sequence(a))[0]!;
    const bytes = readFileSync(join(manifests, newest));
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(join(manifests, newest), bytes);
    // What it held is lost, and made again.
    rmSync(join(manifests, "..", "events.jsonl"));
    return checkpoints;
  };
}

function moved(checkpoints: string): string {
  const to = `${checkpoints}-moved`;
  cpSync(checkpoints, to, { recursive: true });
  rmSync(checkpoints, { recursive: true });
  return to;
}
