import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Algorithm, ParameterValues, TrainerContext } from "../../src/core/index.ts";
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

async function run(
  values: Record<string, unknown>,
  changes: Partial<Algorithm> = {},
  toySettings: ParameterValues = {},
  rows = 240,
): Promise<{ document: TrainDocument; contexts: TrainerContext[] }> {
  const contexts: TrainerContext[] = [];
  const document = await runTraining({
    settings: settings({ modelsDir: join(folder, "models"), ...values }),
    algorithmSettings: { toy: toySettings },
    session: openSession(newDisk()),
    algorithms: { toy: async () => ({ ...refitted(contexts), ...changes }) },
    observer: SILENT,
    preparation: preparationOf(undefined, undefined, rows),
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

describe("the folds of few rows", () => {
  const rates = (contexts: readonly TrainerContext[]) => contexts.map(({ parameters }) => parameters.rate);
  const trying = (...tried: number[]): Partial<Algorithm> => ({ alternatives: () => tried.map((rate) => ({ rate })) });

  it("choose among an algorithm's alternatives, and the fits behind them have the best", async () => {
    const { document, contexts } = await run({}, trying(0.0001, 0.3));
    const ofFolds = [0.1, 0.0001, 0.3].flatMap((rate) => [rate, rate, rate, rate, rate]);
    expect(rates(contexts)).toEqual([...ofFolds, 0.3, 0.3]);
    const [model] = document.algorithms;
    expect(model!.crossValidation!.folds).toBe(5);
    // Five folds and one fit with the chosen settings, and one round more.
    expect(contexts.at(-1)!.parameters.rounds).toBe(7);
    const plain = (await run({})).document.algorithms[0]!;
    expect(model!.crossValidation!.metrics.rmse!.mean).toBeLessThan(plain.crossValidation!.metrics.rmse!.mean!);
  });

  it("are three where a third of the rows judges as well, and five where nothing is chosen", async () => {
    const chosen = await run({}, trying(0.3), {}, 2400);
    expect(rates(chosen.contexts)).toEqual([0.1, 0.1, 0.1, 0.3, 0.3, 0.3, 0.3, 0.3]);
    expect(chosen.document.algorithms[0]!.crossValidation!.folds).toBe(3);
    const plain = await run({}, {}, {}, 2400);
    expect(plain.document.algorithms[0]!.crossValidation!.folds).toBe(5);
  });

  it("keep the defaults where no alternative is better", async () => {
    const plain = await run({});
    const { document, contexts } = await run({}, trying(0.0001));
    expect(rates(contexts).slice(-2)).toEqual([0.1, 0.1]);
    expect(document.modelSha256).toBe(plain.document.modelSha256);
    expect(document.algorithms[0]!.crossValidation).toEqual(plain.document.algorithms[0]!.crossValidation);
  });

  it("leave alone what the user decided, and runs that are not fitted again", async () => {
    const decided = await run({}, trying(0.3), { rate: 0.1 });
    const once = await run({ refit: "never", folds: 5 }, trying(0.3));
    for (const { contexts } of [decided, once]) expect(new Set(rates(contexts))).toEqual(new Set([0.1]));
  });
});
