import { type Algorithm, unknownName } from "../core/index.ts";
import type { CustomObjective } from "./trees/losses/custom.ts";

export type { CustomObjective, Link } from "./trees/losses/custom.ts";

/** A regressor that also forecasts from past readings. */
async function forecastingToo(algorithm: Algorithm): Promise<Algorithm> {
  return (await import("./lags/forecasting.ts")).forecasting(algorithm);
}

/** Every algorithm there is, by the name that users type; loaded when it is asked for. */
export const ALGORITHMS: Readonly<Record<string, () => Promise<Algorithm>>> = {
  xgboost: async () => forecastingToo((await import("./trees/xgboost.ts")).xgboost),
  "hist-gradient": async () => (await import("./trees/hist-gradient.ts")).histGradient,
  "random-forest": async () => (await import("./trees/forest/random-forest.ts")).randomForest,
  mlp: async () => (await import("./neural/mlp.ts")).mlp,
  lstm: async () => (await import("./sequence/lstm.ts")).lstmForecaster,
  gru: async () => (await import("./sequence/gru.ts")).gruForecaster,
  tcn: async () => (await import("./sequence/tcn.ts")).tcnForecaster,
  transformer: async () => (await import("./sequence/transformer.ts")).transformerForecaster,
  seq2seq: async () => (await import("./sequence/seq2seq.ts")).seq2seqForecaster,
  svm: async () => (await import("./svm/svm.ts")).svm,
  "text-linear": async () => (await import("./linear/text-linear.ts")).textLinear,
  crf: async () => (await import("./crf/crf.ts")).crf,
  "text-mlp": async () => (await import("./text/text-mlp.ts")).textMlp,
  "text-encoder": async () => (await import("./text/text-encoder.ts")).textEncoder,
  "isolation-tails": async () => (await import("./anomaly/isolation-tails.ts")).isolationTails,
  "isolation-forest": async () => (await import("./anomaly/isolation-forest.ts")).isolationForest,
  "tail-probability": async () => (await import("./anomaly/tail-probability.ts")).tailProbability,
  ridge: async () => (await import("./ridge/ridge.ts")).ridge,
  persistence: async () => (await import("./naive/persistence.ts")).persistence,
  seasonal: async () => (await import("./naive/seasonal.ts")).seasonal,
  ensemble: async () => (await import("./ensemble/ensemble.ts")).createEnsemble(loadAlgorithm),
  calibrated: async () => (await import("./calibrated/calibrated.ts")).createCalibrated(loadAlgorithm),
  baseline: async () => (await import("./baseline/index.ts")).baseline,
};

/**
 * Loads an algorithm.
 *
 * @throws KaaykoError (usage) for an unknown name, with a suggestion
 */
export async function loadAlgorithm(name: string): Promise<Algorithm> {
  const load = Object.hasOwn(ALGORITHMS, name) ? ALGORITHMS[name] : undefined;
  if (load === undefined) throw unknownName("algorithm", name, Object.keys(ALGORITHMS));
  return load();
}

/** As `withObjective` of the trees, which are loaded when it is asked for. */
export async function loadWithObjective(name: string, objective: CustomObjective): Promise<Algorithm> {
  const { withObjective } = await import("./trees/boosting/with-objective.ts");
  return withObjective(await loadAlgorithm(name), objective);
}
