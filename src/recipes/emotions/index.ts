import type { Recipe } from "../../core/index.ts";
import { adaptEmotions, TARGET } from "./adapt.ts";
import { generate, ROWS } from "./generate.ts";
import { EMOTIONS } from "./labels.ts";

/** Which of 28 emotions a short text has, several at once; learns from GoEmotions' files as they were published, or your own. */
export const emotions: Recipe = {
  name: "emotions",
  title: "Emotions",
  description: "Which of 28 emotions a short text has, several at once",
  task: "multilabel",
  target: TARGET,
  algorithms: ["text-linear", "text-mlp", "text-encoder", "ensemble", "baseline"],
  settings: { name: "emotions" },
  ignore: [],
  adapt: adaptEmotions,
  generate,
  facts: { synthetic: true, rows: ROWS, labels: EMOTIONS.length },
};
