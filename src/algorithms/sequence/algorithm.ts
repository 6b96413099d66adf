import type { Algorithm } from "../../core/index.ts";
import { refitEpochs } from "../neural/refit-epochs.ts";
import { type ModelOptions, parametersOf, type SequenceModel } from "./settings.ts";

/** An algorithm that forecasts from windows with a network: standardised series, AdamW, early stopping with the best weights. */
export function createSequenceAlgorithm({
  name,
  title,
  description,
  network,
  heads = false,
  taps = false,
  defaultLayers = () => 1,
}: Pick<Algorithm, "name" | "title" | "description"> &
  Pick<SequenceModel, "network"> &
  Partial<ModelOptions>): Algorithm {
  const model: SequenceModel = { name, network, heads, taps, defaultLayers };
  return {
    name,
    title,
    description,
    tasks: ["forecast"],
    input: "memory",
    parts: ["windows"],
    parameters: parametersOf(model),
    refitParameters: refitEpochs,
    createTrainer: async (context) => {
      const [{ EpochTrainer }, { sequenceLesson }] = await Promise.all([
        import("../neural/epoch-trainer.ts"),
        import("./lesson.ts"),
      ]);
      return new EpochTrainer(await sequenceLesson(model, context), context);
    },
    createPredictor: async (content, context) =>
      (await import("./predictor.ts")).createPredictor(model, content, context),
  };
}
