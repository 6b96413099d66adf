import { describe, expect, it } from "vitest";
import { type Batch, columnNamed, hashState, isStringColumn, type Predictor } from "../../../src/core/index.ts";
import { createMemoryDataset, ROLE } from "../../../src/data/index.ts";
import { applyRules, compileRules, createFeatureEncoder } from "../../../src/features/index.ts";
import { createLakes } from "../../../src/recipes/paddle-safety/create-lakes.ts";
import { drawBlock } from "../../../src/recipes/paddle-safety/draw-rows.ts";
import { paddleSafety } from "../../../src/recipes/paddle-safety/index.ts";
import { RULES } from "../../../src/recipes/paddle-safety/rules.ts";
import { createLocationWork } from "../../../src/training/judging/locations.ts";
import { createRuleProof } from "../../../src/training/judging/rule-proof.ts";
import { createTruthWork, numbersNamed } from "../../../src/training/judging/truth.ts";
import type { Work } from "../../../src/training/sequence.ts";
import type { TrainingWork } from "../../../src/training/train-stage.ts";
import { expectResumable } from "../../conformance/resumable.ts";
import { constantModel } from "../../models/paddle-model.ts";

const ROWS = 400;
const batch = drawBlock(42, createLakes(42), 0, ROWS);
const { pipeline } = constantModel(3);
const rules = compileRules(RULES, pipeline.features);

function makeWork(rows: Batch = batch): TrainingWork {
  const features = pipeline.features.map((feature) => ({ ...feature, ...rangeOf(feature.name) }));
  const dataset = createMemoryDataset({
    task: { kind: "regression", target: "score" },
    features,
    main: {
      table: createFeatureEncoder(pipeline, {}).encode(rows),
      target: numbersNamed(rows, "score"),
      weight: null,
      roles: Uint8Array.from({ length: ROWS }, (_, row) => (row % 4 === 0 ? ROLE.train : ROLE.test)),
    },
  });
  const prepared = { dataset, pipeline } as unknown as TrainingWork["prepared"];
  const settings = { seed: 42, threads: 1 };
  const nothing = { previous: new Map(), peers: null, warmStart: null };
  return { prepared, contenders: [], settings, recipe: paddleSafety, rules, notify: () => {}, ...nothing };
}

/** As the features of a fitted table: what the random points of the grid are drawn from. */
function rangeOf(name: string): { min: number; max: number } {
  const column = columnNamed(batch.columns, name)!;
  if (isStringColumn(column)) return { min: 0, max: 0 };
  const known = Array.from(column.values).filter((value) => !Number.isNaN(value));
  return { min: Math.min(...known), max: Math.max(...known) };
}

/** Says what a function says of each row, under the rules unless it is not to be. */
function predictorOf(say: (values: (name: string) => number) => number, isRuled = true): Predictor {
  return {
    async predict(table) {
      const predictions = Float64Array.from({ length: table.rows }, (_, row) =>
        say((name) => {
          const column = table.columns.find((candidate) => candidate.name === name)!;
          return column.kind === "numeric" ? column.values[row]! : column.codes[row]!;
        }),
      );
      if (isRuled) applyRules(rules, table, predictions);
      return predictions;
    },
    importance: () => null,
    dispose: async () => {},
  };
}

const proofOf = (predictor: Predictor, gridPoints = 40_000): Work => {
  const { dataset } = makeWork().prepared;
  return createRuleProof({ algorithm: "double", rules, dataset, role: "test", seed: 42, gridPoints, predictor });
};

async function resultOf(work: Work) {
  for (let report = await work.step(); !report.done; report = await work.step());
  const { json } = await work.result();
  await work.dispose?.();
  return json;
}

const outcome = async (work: Work): Promise<string> => hashState(await work.result());

describe("the proof of the rules", () => {
  it("passes a model under its rules, and counts the rows that each cap holds for", async () => {
    const proof = await resultOf(proofOf(predictorOf(() => 4.6)));
    expect(proof).toMatchObject({ broken: null, testRows: (ROWS * 3) / 4 });
    expect(proof.gridPoints).toBeGreaterThanOrEqual(40_000);
    const daylight = numbersNamed(batch, "daylight").filter((value, row) => row % 4 !== 0 && value === 0);
    expect(proof.capped).toMatchObject({ darkness: daylight.length });
  });

  it("finds a model without rules by the first cap that it breaks", async () => {
    const { broken } = await resultOf(proofOf(predictorOf(() => 4.6, false)));
    expect(broken).toMatchObject({
      where: expect.stringContaining("of the grid"),
      found: expect.stringContaining("above the cap"),
    });
  });

  it("finds a direction that is broken between two borders", async () => {
    const rising = predictorOf((value) => 1 + 0.01 * (value("waveHeight") || 0));
    expect((await resultOf(proofOf(rising))).broken).toMatchObject({ rule: "waveHeight" });
    const falling = predictorOf((value) => 3 - 0.01 * (value("waveHeight") || 0));
    expect((await resultOf(proofOf(falling))).broken).toBeNull();
  });

  it("ends in the same result wherever it is stopped", async () => {
    const steps = await expectResumable({
      make: async () => proofOf(predictorOf((value) => 4.6 - 0.1 * (value("windGust") || 0))),
      outcome,
      dispose: async (work) => work.dispose?.(),
      points: 5,
    });
    expect(steps).toBeGreaterThanOrEqual(3);
  });
});

describe("the best possible error", () => {
  it("is that of the expert's rule, and ends the same wherever it is stopped", async () => {
    const make = async () => createTruthWork(makeWork(), paddleSafety.truth!, "test");
    await expectResumable({ make, outcome, dispose: async (work) => work.dispose?.() });
    const { values, beyond } = await resultOf(await make());
    expect(beyond).toBe(0);
    expect((values as { rmse: number }).rmse).toBeGreaterThan(0.14);
    expect((values as { rmse: number }).rmse).toBeLessThan(0.21);
  });

  it("counts rows that noise cannot explain", async () => {
    const columns = batch.columns.map((column) =>
      column.name === "score" && !isStringColumn(column) ? { ...column, values: column.values.map(() => 9) } : column,
    );
    const foreign = createTruthWork(makeWork({ ...batch, columns }), paddleSafety.truth!, "test");
    expect((await resultOf(foreign)).beyond).toBe((ROWS * 3) / 4);
  });
});

describe("held-out places", () => {
  it("are judged one a step, the same wherever it is stopped", async () => {
    const locations = { ...paddleSafety.locations!, rowsPerPlace: 40 };
    const judge = {
      predict: async (rows: Batch) => paddleSafety.truth!.expect(rows).expected,
      dispose: async () => {},
    };
    const make = async () => createLocationWork(makeWork(), locations, judge);
    const steps = await expectResumable({ make, outcome, points: 6 });
    expect(steps).toBe(locations.places.length);
    const { places } = await resultOf(await make());
    for (const { rmse, worstMistakes } of places as { rmse: number; worstMistakes: number }[]) {
      expect(rmse).toBeLessThan(0.3);
      expect(worstMistakes).toBe(0);
    }
  });
});
