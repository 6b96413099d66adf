import type { Algorithm, ModelContent, ParameterSpec, Predictor, PredictorContext } from "../../core/index.ts";
import { readRows } from "./detector.ts";
import { createDetectorTrainer } from "./detector-trainer.ts";
import { combinedScore, type Ensemble, type Member, splitPieces } from "./ensemble.ts";
import { notWhole, unpackPieces } from "./pieces.ts";
import { isRarity } from "./rarity.ts";

const CONTAMINATION: ParameterSpec = {
  name: "contamination",
  type: "number",
  min: 1e-6,
  max: 0.5,
  default: 0.01,
  description: "Share of training rows that are taken for anomalies: those whose score is over 0.5",
};

/** What tells one algorithm from another. */
export type DetectorFacts = Pick<Algorithm, "name" | "title" | "description" | "parameters">;

/** An algorithm for anomalies: no label is looked at. Predictions are scores from 0 to 1; over 0.5 is an anomaly. */
export function detectorAlgorithm(facts: DetectorFacts, members: readonly Member[]): Algorithm {
  return {
    ...facts,
    tasks: ["anomaly"],
    input: "memory",
    parameters: [CONTAMINATION, ...facts.parameters],
    createTrainer: (context) => createDetectorTrainer(facts.name, members, context),
    createPredictor: async (model, context) => createPredictor(model, context, members),
  };
}

function createPredictor(model: ModelContent, { features }: PredictorContext, members: readonly Member[]): Predictor {
  const { pieces, ensemble, border } = readModel(model, features.length, members);
  const explaining = members.findIndex(({ detector }) => detector.contributions !== undefined);
  const scoreOf = (reader: ReturnType<typeof readRows>, row: number) =>
    combinedScore(
      ensemble,
      members.map(({ detector }, member) => detector.score(pieces[member]!, reader, row)),
    );
  return {
    predict: async (table) => {
      const reader = readRows(table);
      // Any rising function would do: this one is 0 for 0, 0.5 at the border and stays under 1.
      return Float64Array.from({ length: table.rows }, (_, row) => {
        const score = scoreOf(reader, row);
        return score / (score + border);
      });
    },
    ...(explaining < 0
      ? {}
      : {
          /** Contributions share the score as the one detector that knows says. */
          explain: async (table) => {
            const reader = readRows(table);
            const values = new Float64Array(table.rows * features.length);
            for (let row = 0; row < table.rows; row++) {
              const own = members[explaining]!.detector.contributions!(pieces[explaining]!, reader, row);
              const sum = own.reduce((total, value) => total + value, 0);
              const score = scoreOf(reader, row);
              own.forEach((value, feature) => {
                values[row * features.length + feature] = sum > 0 ? (score * value) / sum : score / features.length;
              });
            }
            return { outputs: 1, base: new Float64Array(1), values };
          },
        }),
    importance: () => null,
    dispose: async () => {},
  };
}

function readModel(model: ModelContent, features: number, members: readonly Member[]) {
  const { border, counts } = model.json;
  const areCounts =
    Array.isArray(counts) &&
    counts.length === members.length &&
    counts.every((count) => Number.isInteger(count) && (count as number) > 0);
  const rarities = members.map((_, member) => model.arrays[`rarity.${member}`]);
  const isBorder = typeof border === "number" && border > 0 && Number.isFinite(border);
  if (model.formatVersion !== 1 || !areCounts || !isBorder || !rarities.every(isRarity)) throw notWhole();
  const sizes = counts as number[];
  const owner = sizes.flatMap((count, member) => new Array<number>(Math.min(count, 1_000_000)).fill(member));
  const pieces = unpackPieces(model.arrays, (piece) => members[owner[piece]!]?.detector, features);
  if (pieces.length !== owner.length) throw notWhole();
  const ensemble: Ensemble = { members, rarities: rarities as Float64Array[] };
  return { pieces: splitPieces(pieces, sizes), ensemble, border };
}
