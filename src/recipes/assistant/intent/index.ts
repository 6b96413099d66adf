import type { Recipe } from "../../../core/index.ts";
import { adaptIntents, OUT_OF_SCOPE, TARGET } from "./adapt.ts";
import { generate, ROWS } from "./generate.ts";
import { INTENTS } from "./requests.ts";

/** What somebody wants, in a sentence, or that it is nothing the assistant knows of. */
export const assistantIntent: Recipe = {
  name: "assistant-intent",
  title: "Intents",
  description: "What somebody wants, in a sentence, or that it is nothing the assistant knows of",
  task: "multiclass",
  target: TARGET,
  algorithms: ["text-linear", "baseline"],
  settings: { name: "assistant-intent", outOfScope: OUT_OF_SCOPE },
  ignore: [],
  adapt: adaptIntents,
  generate,
  facts: { synthetic: true, rows: ROWS, intents: Object.keys(INTENTS).length },
};
