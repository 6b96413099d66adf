import { type Algorithm, outputsOf, type Predictor } from "../../core/index.ts";
import { attributesOf, readModel, TagRoom, tagRow } from "./model.ts";
import { CRF_PARAMETERS } from "./parameters.ts";
import { createCrfTrainer } from "./trainer.ts";

/** Tags of words from the words around them and the tags beside them (Lafferty et al., "Conditional random fields", ICML 2001). */
export const crf: Algorithm = {
  name: "crf",
  title: "Conditional random field",
  description: "Finds entities in texts: how words are written, what stands around them, which tags follow one another",
  tasks: ["tagging"],
  input: "memory",
  parts: ["attributes"],
  parameters: CRF_PARAMETERS,
  createTrainer: createCrfTrainer,
  createPredictor: async (content, { task, parts = [] }): Promise<Predictor> => {
    const width = parts.find(({ kind }) => kind === "attributes")?.size.width ?? 0;
    const model = readModel(content, task.classes!.length, width);
    const outputs = outputsOf(task);
    const room = new TagRoom();
    return {
      predict: async (table) => {
        const part = attributesOf(table);
        const predictions = new Float64Array(table.rows * outputs).fill(Number.NaN);
        for (let row = 0; row < table.rows; row++)
          predictions.set(tagRow(model, part, row, room).subarray(0, outputs), row * outputs);
        return predictions;
      },
      importance: () => null,
      dispose: async () => {},
    };
  },
};
