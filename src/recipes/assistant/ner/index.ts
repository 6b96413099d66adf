import type { Recipe } from "../../../core/index.ts";
import { adaptTagged } from "./adapt.ts";
import { generate, ROWS, TARGET } from "./generate.ts";

/** Entities in texts, with their places; learns from CoNLL files, or tables of texts and tags. */
export const assistantNer: Recipe = {
  name: "assistant-ner",
  title: "Entities",
  description: "Who, where, when and how much in a sentence: entities with their exact places",
  task: "tagging",
  target: TARGET,
  algorithms: ["crf"],
  // One algorithm whose settings are known: every row that does not judge it is learnt from.
  settings: { name: "assistant-ner", validationSize: 0 },
  ignore: [],
  adapt: adaptTagged,
  generate,
  facts: { synthetic: true, rows: ROWS },
};
