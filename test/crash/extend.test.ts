import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diesAt } from "../support/dies-at.ts";
import { runHere } from "../support/run-here.ts";
import { runKaayko } from "../support/run-kaayko.ts";

const TABLE = fileURLToPath(new URL("../fixtures/corpus/0.1.0/table.csv", import.meta.url));
const QUIET = "--json --no-input --models-dir models";
const TABLE_OF_KINDS = "--data table.csv --target kind --seed 3 --backend cpu --refit never --algorithms";
const TREES = `${TABLE_OF_KINDS} xgboost,hist-gradient`;
const XGBOOST = `${TABLE_OF_KINDS} xgboost`;

describe("extending a finished run", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kaayko-extend-"));
    cpSync(TABLE, join(folder, "table.csv"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const kaayko = async (args: string) => {
    const { code, stdout, stderr } = await runHere(`${args} ${QUIET}`.split(" "), { cwd: folder });
    return { code, stderr, document: JSON.parse(stdout) };
  };
  const hashOf = async (args: string): Promise<string> => {
    const { code, stderr, document } = await kaayko(args);
    expect(code, stderr).toBe(0);
    return document.modelSha256;
  };
  /** Steps of a unit that the newest run of a folder made. */
  const stepsIn = (checkpoints: string, unit: string): number => {
    const newest = readdirSync(join(folder, checkpoints)).sort().at(-1)!;
    const lines = readFileSync(join(folder, checkpoints, newest, "events.jsonl"), "utf8").split("\n");
    return lines.filter((line) => line.includes(`"unit":"${unit}"`)).length;
  };
  const treesIn = (checkpoints: string): number => stepsIn(checkpoints, "tree");

  it("gives the bytes of a run that asked for more from the start, and grows only what is new", async () => {
    const asked = await hashOf(`train ${TREES} --rounds 60 --checkpoints-dir asked`);
    expect(await hashOf(`train ${TREES} --rounds 40 --checkpoints-dir extended`)).not.toBe(asked);
    expect(await hashOf("resume --add-rounds 20 --checkpoints-dir extended")).toBe(asked);
    expect(treesIn("extended")).toBe(40);
  });

  it("changes nothing where early stopping had ended it", async () => {
    const stopping = `${XGBOOST} --rounds 200 --set xgboost.learningRate=0.5 --set xgboost.earlyStoppingRounds=4`;
    const before = await hashOf(`train ${stopping} --checkpoints-dir stopped`);
    expect(await hashOf("resume --add-rounds 50 --checkpoints-dir stopped")).toBe(before);
    expect(treesIn("stopped")).toBe(0);
  });

  it("goes on with a search where it ended, and makes no trial twice", async () => {
    const search = `${TREES} --rounds 8`;
    const asked = await hashOf(`train ${search} --trials 5 --checkpoints-dir searched-5`);
    await hashOf(`train ${search} --trials 3 --checkpoints-dir searched`);
    expect(await hashOf("resume --add-trials 2 --checkpoints-dir searched")).toBe(asked);
    expect(stepsIn("searched", "trial")).toBe(2 * 3);
  });

  it("refuses more trials of a run that searched nothing", async () => {
    const { code, document } = await kaayko("resume --add-trials 2 --checkpoints-dir asked");
    expect(code).toBe(2);
    expect(document.error.message).toContain("it must have searched its settings");
  });

  it("is resumed like any run, in the same bytes", async () => {
    const asked = await hashOf(`train ${XGBOOST} --rounds 200 --name killed --checkpoints-dir asked-200`);
    await hashOf(`train ${XGBOOST} --rounds 40 --name killed --checkpoints-dir first`);
    const first = join(folder, "first");
    const [origin] = readdirSync(first);
    const extending = await runKaayko(`resume --add-rounds 160 --checkpoints-dir first ${QUIET}`.split(" "), {
      cwd: folder,
      env: diesAt({ on: "log", point: { type: "step", stage: "train", step: 61 } }),
    });
    expect(extending.signal, extending.stderr).toBe("SIGKILL");
    // The run that it extends is not needed any more.
    rmSync(join(first, origin!), { recursive: true });
    expect(await hashOf("resume --checkpoints-dir first")).toBe(asked);
  });

  it("trains anew what depends on how long it goes on, such as a learning-rate schedule", async () => {
    const mlp = `${TABLE_OF_KINDS} mlp`;
    const asked = await hashOf(`train ${mlp} --epochs 3 --checkpoints-dir mlp-asked`);
    await hashOf(`train ${mlp} --epochs 2 --checkpoints-dir mlp`);
    expect(await hashOf("resume --add-epochs 1 --checkpoints-dir mlp")).toBe(asked);
  });

  it("refuses what cannot be extended", async () => {
    const noLimit = await kaayko("resume --add-time 10m --checkpoints-dir asked");
    expect(noLimit.code).toBe(2);
    expect(noLimit.document.error.message).toMatch(/must have had a time limit/);
    const noEpochs = await kaayko("resume --add-epochs 10 --checkpoints-dir asked");
    expect(noEpochs.document.error.message).toMatch(/known number of epochs/);
    cpSync(join(TABLE, "..", "interrupted"), join(folder, "interrupted"), { recursive: true });
    const unfinished = await kaayko("resume --add-rounds 10 --checkpoints-dir interrupted");
    expect(unfinished.code).toBe(2);
    expect(unfinished.document.error).toMatchObject({ message: expect.stringMatching(/must be finished/) });
  });
});
