import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Algorithm, TrainerContext } from "../../src/core/index.ts";
import { runTraining, type TrainDocument } from "../../src/training/index.ts";
import { newDisk, openSession, preparationOf, SILENT, settings, toy } from "./doubles.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kaayko-refit-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The toy, fitted again with one pass more than models were shown to it; says what it was asked to learn from. */
function refitted(contexts: TrainerContext[]): Algorithm {
  return {
    ...toy,
    refitParameters: (models) => ({ rounds: models.length + 1 }),
    createTrainer: async (context) => {
      contexts.push(context);
      return toy.createTrainer(context);
    },
  };
}

async function run(values: Record<string, unknown>): Promise<{ document: TrainDocument; contexts: TrainerContext[] }> {
  const contexts: TrainerContext[] = [];
  const document = await runTraining({
    settings: settings({ modelsDir: join(folder, "models"), ...values }),
    session: openSession(newDisk()),
    algorithms: { toy: async () => refitted(contexts) },
    observer: SILENT,
    preparation: preparationOf(),
  });
  return { document, contexts };
}

const trainRows = ({ dataset }: TrainerContext) => dataset.rows.train;

describe("a refit", () => {
  it("learns from all rows but the test rows, under what the fits before it say; few rows ask five folds too", async () => {
    const { document, contexts } = await run({});
    expect(contexts.map(trainRows).slice(5)).toEqual([192, 240 - 24]);
    expect(contexts[6]!.dataset.rows.validation).toBe(0);
    expect(contexts[6]!.parameters.rounds).toBe(7);
    expect(document.algorithms[0]!.crossValidation!.folds).toBe(5);
  });

  it("is kept and tested, while the validation rows judge the model that has not seen them", async () => {
    const never = (await run({ refit: "never" })).document;
    const always = (await run({ refit: "always" })).document;
    expect(always.metrics.validation).toEqual(never.metrics.validation);
    expect(always.metrics.test).not.toEqual(never.metrics.test);
    expect(always.modelSha256).not.toBe(never.modelSha256);
  });

  it("does not happen under a time limit, or where it is not wanted", async () => {
    for (const values of [{ timeLimit: 100 }, { refit: "never" }]) {
      const { contexts } = await run(values);
      expect(contexts.map(trainRows), JSON.stringify(values)).toEqual([192]);
    }
  });
});
