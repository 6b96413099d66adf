import type { Algorithm } from "../../core/index.ts";
import { createRidgePredictor } from "./ridge-predictor.ts";
import { createRidgeTrainer } from "./ridge-trainer.ts";

/** Ridge regression (Hoerl and Kennard, 1970) in closed form: what each feature adds can be read off, and trends go on. */
export const ridge: Algorithm = {
  name: "ridge",
  title: "Ridge regression",
  description: "A sum of what each number and each category adds, in closed form; goes on with trends",
  tasks: ["regression"],
  input: "memory",
  parameters: [
    {
      name: "penalty",
      type: "number",
      min: 1e-9,
      max: 1e9,
      default: 1,
      search: { low: 0.01, high: 100, log: true },
      description: "How much large coefficients cost; of standardised numbers and of categories",
    },
  ],
  refitParameters: () => ({}),
  createTrainer: createRidgeTrainer,
  createPredictor: async (model, { features }) => createRidgePredictor(model, features),
};
