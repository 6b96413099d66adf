import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ALGORITHMS } from "../../../src/algorithms/index.ts";
import type { Algorithm, JsonValue, ParameterValues, RunEvent, TrialResult } from "../../../src/core/index.ts";
import { log } from "../../../src/core/index.ts";
import { runTraining, type TrainDocument, type TrainingOptions } from "../../../src/training/index.ts";
import { type JudgedTrial, proposeSettings } from "../../../src/training/search/propose.ts";
import { type Curve, EMPTY_CURVE, extendCurve, shouldPrune } from "../../../src/training/search/pruning.ts";
import { type Dimension, dimensionsOf, placeOf, valueAt } from "../../../src/training/search/space.ts";
import { type Disk, newDisk, openSession, preparationOf, SILENT, settings, toy } from "../doubles.ts";

const RATE: Dimension = { name: "rate", whole: false, range: { low: 1e-4, high: 1, log: true } };
const DEPTH: Dimension = { name: "depth", whole: true, range: { low: 1, high: 12 } };
const KIND: Dimension = { name: "kind", whole: false, range: { choices: ["a", "b", "c"] } };

describe("the ranges of settings", () => {
  it("hold every value that they give, and know where it lies", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (place) => {
        const rate = valueAt(RATE, place) as number;
        expect(rate >= 1e-4 && rate <= 1).toBe(true);
        expect(placeOf(RATE, rate)).toBeCloseTo(place, 3);
        expect(Number.isInteger(valueAt(DEPTH, place))).toBe(true);
        expect(["a", "b", "c"]).toContain(valueAt(KIND, place));
        expect(valueAt(KIND, placeOf(KIND, valueAt(KIND, place))!)).toBe(valueAt(KIND, place));
      }),
    );
    expect(placeOf(RATE, undefined)).toBeNull();
    expect(placeOf(KIND, "z")).toBeNull();
  });

  it.each(Object.entries(ALGORITHMS))("of %s fit its settings", async (_, load) => {
    const { parameters } = await load();
    for (const { name, search, min = -Infinity, max = Infinity, type } of parameters) {
      if (search === undefined) continue;
      const [dimension] = dimensionsOf(
        parameters,
        parameters.map((spec) => spec.name).filter((other) => other !== name),
      );
      for (const place of [0, 0.3, 1]) {
        const value = valueAt(dimension!, place);
        if (type === "number" || type === "integer")
          expect((value as number) >= min && (value as number) <= max, name).toBe(true);
      }
      if ("log" in search && search.log) expect(search.low).toBeGreaterThan(0);
    }
  });

  it("leave out what the user decided", () => {
    const specs = [
      { name: "a", type: "number" as const, description: "", search: { low: 0, high: 1 } },
      { name: "b", type: "number" as const, description: "", search: { low: 0, high: 1 } },
      { name: "c", type: "number" as const, description: "" },
    ];
    expect(dimensionsOf(specs, ["a"]).map(({ name }) => name)).toEqual(["b"]);
  });
});

/** Lowest at rate 0.03, depth 7, kind b. */
function planted({ rate, depth, kind }: ParameterValues): number {
  const off = (log(rate as number) - log(0.03)) / 3;
  return off * off + (((depth as number) - 7) / 6) ** 2 + (kind === "b" ? 0 : 0.3);
}

function searchPlanted(trials: number, seed: number): JudgedTrial[] {
  const judged: JudgedTrial[] = [];
  for (let index = 1; index <= trials; index++) {
    const found = proposeSettings([RATE, DEPTH, KIND], judged, index, seed);
    judged.push({ settings: found, loss: planted(found), pruned: false });
  }
  return judged;
}

describe("proposals", () => {
  it("come near a planted optimum, nearer than as many random ones", () => {
    const bestOf = (trials: readonly JudgedTrial[]) => Math.min(...trials.map(({ loss }) => loss));
    const found = [1, 2, 3, 4, 5].map((seed) => bestOf(searchPlanted(40, seed)));
    const spread = [1, 2, 3, 4, 5].map((seed) =>
      bestOf(
        Array.from({ length: 40 }, (_, i) => {
          const drawn = proposeSettings([RATE, DEPTH, KIND], [], i + 1, seed);
          return { settings: drawn, loss: planted(drawn), pruned: false };
        }),
      ),
    );
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(found)).toBeLessThan(0.03);
    expect(mean(found)).toBeLessThan(mean(spread));
  });

  it("are the same for the same trials, and others for another seed", () => {
    expect(searchPlanted(15, 3)).toEqual(searchPlanted(15, 3));
    expect(searchPlanted(3, 4)).not.toEqual(searchPlanted(3, 3));
  });
});

describe("giving a trial up", () => {
  const curveOf = (losses: readonly number[]): Curve => losses.reduce(extendCurve, EMPTY_CURVE);
  const falling = (start: number, count = 32) => Array.from({ length: count }, (_, i) => start + 1 / (i + 1));

  it("never drops the best of trials whose order holds from the start", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 6, maxLength: 20 }), (starts) => {
        const best = Math.min(...starts);
        const others = starts.filter((start) => start !== best).map((start) => curveOf(falling(start)));
        let curve = EMPTY_CURVE;
        for (const loss of falling(best)) {
          curve = extendCurve(curve, loss);
          expect(shouldPrune(curve, others)).toBe(false);
        }
      }),
    );
  });

  it("drops one that is worse than most once a quarter is over, and none before", () => {
    const others = [1, 2, 3, 4, 5].map((start) => curveOf(falling(start)));
    const prunedAfter = (start: number): number | null => {
      let curve = EMPTY_CURVE;
      for (const loss of falling(start)) {
        curve = extendCurve(curve, loss);
        if (shouldPrune(curve, others)) return curve.reports;
      }
      return null;
    };
    expect(prunedAfter(6)).toBe(8);
    expect(prunedAfter(2.5)).toBeNull();
    expect(shouldPrune(curveOf(falling(6, 8)), others.slice(0, 4))).toBe(false);
  });
});

/** The toy with a range: fails at one end, and says how it does on the held-out rows. */
const searched: Algorithm = {
  ...toy,
  parameters: toy.parameters.map((spec) =>
    spec.name === "rate" ? { ...spec, search: { low: 0.01, high: 1, log: true } } : spec,
  ),
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kaayko-search-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function options(disk: Disk, values: Record<string, JsonValue>, more: Partial<TrainingOptions> = {}): TrainingOptions {
  return {
    settings: settings({ modelsDir: join(folder, "models"), refit: "never", ...values }),
    session: openSession(disk),
    algorithms: { toy: async () => searched },
    observer: SILENT,
    preparation: preparationOf(),
    ...more,
  };
}

const trialsOf = (document: TrainDocument): readonly TrialResult[] => document.algorithms[0]!.search?.trials ?? [];
const untimed = (document: TrainDocument) => trialsOf(document).map(({ seconds: _, ...rest }) => rest);

describe("a run with trials", () => {
  it("trains with the best settings, lists every trial, and the first has the defaults", async () => {
    const disk = newDisk();
    const document = await runTraining(options(disk, { trials: 8 }));
    const trials = trialsOf(document);
    expect(trials.map(({ trial }) => trial)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(trials[0]!.settings).toEqual({ rate: 0.1 });
    const { best } = document.algorithms[0]!.search!;
    expect(trials[best! - 1]!.value).toBe(Math.min(...trials.map(({ value }) => value!)));
    expect(document.algorithms[0]!.metrics.validation!.rmse).toBe(trials[best! - 1]!.value);
    expect(trials[best! - 1]!.value).toBeLessThan(trials[0]!.value!);
    const subjects = disk.events.flatMap((event: RunEvent) => ("subject" in event ? [event.subject] : []));
    expect(subjects).toContain("toy, trial 3 of 8");
  });

  it("searches nothing for 0 trials, and tries the defaults for 1", async () => {
    const none = await runTraining(options(newDisk(), { trials: 0 }));
    expect(none.algorithms[0]!.search).toBeUndefined();
    const one = await runTraining(options(newDisk(), { trials: 1 }));
    expect(trialsOf(one).map(({ settings: tried }) => tried)).toEqual([{ rate: 0.1 }]);
    expect(one.modelSha256).toBe(none.modelSha256);
  });

  it("leaves a setting that the user decided as it is", async () => {
    const given = { algorithmSettings: { toy: { rate: 0.2 } } };
    const document = await runTraining(options(newDisk(), { trials: 4 }, given));
    expect(document.algorithms[0]!.search).toBeUndefined();
  });

  it("stopped after any step and resumed, ends in the same bytes with the same trials", async () => {
    const whole = await runTraining(options(newDisk(), { trials: 6 }));
    for (const steps of [8, 15, 22, 30, 40]) {
      const disk = newDisk();
      let seen = 0;
      const stop = () => (++seen >= steps ? ("SIGTERM" as const) : null);
      const stopped = await runTraining(options(disk, { trials: 6 }, { stop }));
      expect(stopped.status).toBe("interrupted");
      const resumed = await runTraining(options(disk, { trials: 6 }));
      expect(resumed.modelSha256, `after ${steps} steps`).toBe(whole.modelSha256);
      expect(untimed(resumed)).toEqual(untimed(whole));
    }
  });

  it("begins no further trial once half of the time limit is spent", async () => {
    const slow: Algorithm = {
      ...searched,
      createTrainer: async (context) => {
        const trainer = await searched.createTrainer(context);
        const step = trainer.step.bind(trainer);
        trainer.step = async () => {
          await new Promise((resolve) => setTimeout(resolve, 10));
          return step();
        };
        return trainer;
      },
    };
    const limited = options(newDisk(), { trials: 100, timeLimit: 0.4 }, { algorithms: { toy: async () => slow } });
    const trials = trialsOf(await runTraining(limited));
    expect(trials.length).toBeGreaterThan(0);
    // A trial takes 60 ms at least, and none begins after 200 ms.
    expect(trials.length).toBeLessThan(5);
  });

  it("records a trial that fails and goes on", async () => {
    const fragile: Algorithm = {
      ...searched,
      createTrainer: async (context) => {
        if ((context.parameters.rate as number) < 0.1) throw new Error("too slow");
        return searched.createTrainer(context);
      },
    };
    const document = await runTraining(options(newDisk(), { trials: 8 }, { algorithms: { toy: async () => fragile } }));
    const failed = trialsOf(document).filter(({ error }) => error !== undefined);
    expect(failed.length).toBeGreaterThan(0);
    for (const { error, value, settings: tried } of failed) {
      expect([error, value]).toEqual(["too slow", null]);
      expect(tried.rate as number).toBeLessThan(0.1);
    }
    expect(document.status).toBe("completed");
    expect(failed.map(({ trial }) => trial)).not.toContain(document.algorithms[0]!.search!.best);
  });
});
