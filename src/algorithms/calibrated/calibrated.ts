import { type Algorithm, type JsonObject, KaaykoError, type Predictor, sigmoid } from "../../core/index.ts";
import { createEnsemblePredictor, type LoadAlgorithm } from "../ensemble/members.ts";
import type { Calibration } from "../linear/parameters.ts";
import { CalibratedTrainer } from "./calibrated-trainer.ts";
import { logOdds } from "./log-odds.ts";

/**
 * The best of the run's other models with its probabilities put right: log odds are scaled and shifted so that held-out rows are most likely
 * (Platt, "Probabilistic outputs for support vector machines", 1999). Order, and with it AUC, is that of the model beneath.
 */
export function createCalibrated(load: LoadAlgorithm): Algorithm {
  return {
    name: "calibrated",
    title: "Calibrated model",
    description: "The best of the run's other models, its probabilities put right on the validation rows",
    tasks: ["binary"],
    input: "stream",
    parts: ["sparse"],
    parameters: [
      { name: "slope", type: "number", min: 1e-6, max: 1e6, description: "Scales log odds (default: fitted)" },
      {
        name: "intercept",
        type: "number",
        min: -1e6,
        max: 1e6,
        description: "Added to scaled log odds (default: fitted)",
      },
      {
        name: "member",
        type: "integer",
        min: 0,
        description: "Which model, from 0 in the order of the run (default: the best)",
      },
    ],
    refitParameters: ([first]) => {
      const { slope, intercept } = first!.calibration as unknown as Calibration;
      return { slope, intercept, member: (first!.weights as number[]).indexOf(1) };
    },
    createTrainer: async () => {
      throw noMembers();
    },
    combine: async (members, context) => {
      if (members.length === 0) throw noMembers();
      return CalibratedTrainer.create(members, context, load);
    },
    createPredictor: async (model, context): Promise<Predictor> => {
      const calibration = readCalibration(model.json);
      const inner = await createEnsemblePredictor(model, context, load);
      return {
        ...inner,
        predict: async (table) => (await inner.predict(table)).map((share) => calibrated(share, calibration)),
      };
    },
  };
}

function calibrated(probability: number, { slope, intercept }: Calibration): number {
  return sigmoid(slope * logOdds(probability) + intercept);
}

function readCalibration({ calibration }: JsonObject): Calibration {
  const { slope, intercept } = (calibration ?? {}) as Partial<Calibration>;
  if (Number.isFinite(slope) && Number.isFinite(intercept)) return { slope: slope!, intercept: intercept! };
  throw new KaaykoError({ action: "load a calibrated model", rule: "its calibration must be whole", kind: "damaged" });
}

function noMembers(): KaaykoError {
  return new KaaykoError({
    action: "train calibrated",
    rule: "there must be another model to calibrate",
    got: "none",
    remedy: "Name others with --algorithms, such as xgboost,calibrated.",
    kind: "usage",
  });
}
