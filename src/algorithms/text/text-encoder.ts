import type { Algorithm, ParameterSpec } from "../../core/index.ts";
import { type TextDefaults, textParameters } from "./settings.ts";

const DEFAULTS: TextDefaults = {
  units: 64,
  learningRate: 0.002,
  dropout: 0.2,
  epochs: 20,
  patience: 3,
  mostRows: 64,
  rowsSeen: 200_000,
};

const OWN: readonly ParameterSpec[] = [
  { name: "layers", type: "integer", min: 1, max: 32, default: 2, description: "Layers, one upon another" },
  {
    name: "heads",
    type: "integer",
    min: 1,
    max: 64,
    default: 4,
    description: "Heads of the attention; units must be a multiple of them",
  },
  {
    name: "maxTokens",
    type: "integer",
    min: 1,
    max: 4096,
    default: 128,
    description: "Pieces of words that are read of a text, at most",
  },
];

/** A small transformer encoder, trained from scratch: words in their order, and what stands around them. */
export const textEncoder: Algorithm = {
  name: "text-encoder",
  title: "Text encoder",
  description: "Transformer encoder over pieces of words, trained from scratch",
  tasks: ["binary", "multiclass", "multilabel"],
  input: "memory",
  parts: ["tokens"],
  onRequest: true,
  parameters: [...OWN, ...textParameters(DEFAULTS)],
  createTrainer: async (context) => {
    const [{ EpochTrainer }, { encoderLesson }] = await Promise.all([
      import("../neural/epoch-trainer.ts"),
      import("./encoder-lesson.ts"),
    ]);
    return new EpochTrainer(await encoderLesson("text-encoder", DEFAULTS, context), context);
  },
  createPredictor: async (content, context) =>
    (await import("./encoder-predictor.ts")).createEncoderPredictor("text-encoder", content, context),
};
