import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Option } from "commander";
import { KaaykoError, randomStream } from "../../core/index.ts";
import { formatPlural, renderTable, type Style } from "../../reports/text/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { fromHere } from "../settings/resolve-folders.ts";
import { withSignals } from "../terminal/signals.ts";
import { killAndResume, type LoggedStep, placeOf, type Trial, trainUndisturbed } from "../verify-resume/trial.ts";

const MADE_UP_ROWS = 1500;
const DIFFERS = 1;
/** Small, so that a proof takes a minute, and with a checkpoint behind every step. */
const SMALL = ["--rounds", "20", "--epochs", "2", "--checkpoint-every", "1steps"];

interface Row extends Trial {
  readonly at: LoggedStep;
  readonly same: boolean;
}

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko verify-resume", "on a small made-up table"],
    ["kaayko verify-resume --data houses.parquet --target price --points 20", ""],
    ["kaayko verify-resume --algorithms xgboost,mlp --points 5", ""],
  ]);
  command.addOption(new Option("--data <FILE>", "Table to train on (default: a made-up one)"));
  command.addOption(new Option("--target <COL>", "Column to predict"));
  command.addOption(new Option("--algorithms <LIST>", "What to train (default: all that apply)"));
  command.addOption(new Option("--points <N>", "How often to kill and resume").default("10"));
  command.addOption(new Option("--seed <N>", "Of the training and of the points").default("42"));
  onRun(command, context, (_args, options) => verifyResume(context, options));
};

async function verifyResume(context: Context, options: Options): Promise<number> {
  const points = wholeNumber("--points", options.points, 1);
  const seed = wholeNumber("--seed", options.seed, 0);
  if ((options.data === undefined) !== (options.target === undefined))
    throw new KaaykoError({
      action: "verify resuming",
      rule: "--data and --target belong together",
      remedy: "Give both, or neither for a made-up table.",
      kind: "usage",
    });
  const folder = mkdtempSync(join(tmpdir(), "kaayko-verify-resume-"));
  try {
    return await withSignals(context.output, "Stopping", async ({ stop }) => {
      const table = await tableArgs(context, options, folder, stop);
      const chosen = options.algorithms === undefined ? [] : ["--algorithms", String(options.algorithms)];
      const args = [...table, ...chosen, "--seed", String(seed), ...SMALL];
      return await prove(context, { args, folder, points, seed, stop });
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tableArgs(context: Context, options: Options, folder: string, stop: AbortSignal): Promise<string[]> {
  if (options.data !== undefined)
    return ["--data", fromHere(context.host, String(options.data)), "--target", String(options.target)];
  const observer = { stage: () => {}, progress: () => {}, notice: () => {}, warning: () => {} };
  const data = await context.services.data();
  const table = await data.generate({ out: join(folder, "table.parquet"), rows: MADE_UP_ROWS }, { observer, stop });
  return ["--data", table.path, "--target", table.target];
}

interface Proof {
  readonly args: readonly string[];
  readonly folder: string;
  readonly points: number;
  readonly seed: number;
  readonly stop: AbortSignal;
}

async function prove({ output }: Context, { args, folder, points, seed, stop }: Proof): Promise<number> {
  output.note("Training undisturbed");
  const { modelSha256, steps } = await trainUndisturbed(args, join(folder, "undisturbed"), stop);
  const drawn = drawPoints(steps, points, seed);
  const rows: Row[] = [];
  for (const [index, at] of drawn.entries()) {
    output.note(`Kill ${index + 1} of ${drawn.length}: ${placeOf(at)}, step ${at.step}`);
    const own = join(folder, String(index));
    const trial = await killAndResume(args, at, own, stop);
    rows.push({ ...trial, at, same: trial.modelSha256 === modelSha256 });
    rmSync(own, { recursive: true, force: true });
  }
  const ok = rows.every((row) => row.same);
  const trials = rows.map(({ at, ...row }) => ({ place: placeOf(at), step: at.step, ...row }));
  await output.result({ schemaVersion: 1, ok, modelSha256, trials }, () => renderRows(rows, output.dataStyle));
  return ok ? 0 : DIFFERS;
}

/** Steps to kill at, in turn from every place of the run, drawn by the seed. */
export function drawPoints(steps: readonly LoggedStep[], points: number, seed: number): LoggedStep[] {
  const places = new Map<string, LoggedStep[]>();
  for (const step of steps) places.set(placeOf(step), [...(places.get(placeOf(step)) ?? []), step]);
  const shuffled = [...places].map(([place, found]) => randomStream(seed, "verify-resume", place).shuffle(found));
  const longest = Math.max(0, ...shuffled.map((found) => found.length));
  const inTurn = Array.from({ length: longest }, (_, turn) => shuffled.flatMap((found) => found[turn] ?? []));
  return inTurn.flat().slice(0, points);
}

function renderRows(rows: readonly Row[], style: Style): string {
  const table = renderTable(
    [{ title: "killed at" }, { title: "step", align: "right" }, { title: "went on at" }, { title: "model" }],
    rows.map(({ at, killed, resumedAt, same }) => [
      placeOf(at),
      String(at.step),
      killed ? (resumedAt ?? "the beginning (nothing was saved yet)") : "finished before the kill",
      same ? "same bytes" : "DIFFERENT",
    ]),
    style,
  );
  const same = rows.filter((row) => row.same).length;
  return `${table}\n${same} of ${formatPlural(rows.length, "model")} the same bytes as the undisturbed one`;
}

function wholeNumber(flag: string, value: unknown, atLeast: number): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number >= atLeast && String(value).trim() !== "") return number;
  throw new KaaykoError({
    action: `set ${flag}`,
    rule: `it must be a whole number of at least ${atLeast}`,
    got: JSON.stringify(value),
    remedy: `For example ${flag} 10.`,
    kind: "usage",
  });
}
