import type { ParameterSpec, ParameterValues } from "../../core/index.ts";

export const CRF_PARAMETERS: readonly ParameterSpec[] = [
  { name: "epochs", type: "integer", min: 1, max: 10_000, default: 20, description: "Passes over the texts" },
  {
    name: "learningRate",
    type: "number",
    min: 1e-4,
    max: 10,
    default: 0.1,
    search: { low: 0.02, high: 0.5, log: true },
    description: "How far one text moves the weights at first (AdaGrad)",
  },
  {
    name: "penalty",
    type: "number",
    min: 0,
    max: 10,
    default: 0.003,
    search: { low: 1e-5, high: 0.05, log: true },
    description: "How much large weights cost (L2), wherever one is touched",
  },
  {
    name: "dropout",
    type: "number",
    min: 0,
    max: 0.9,
    default: 0.6,
    description: "Share of what is known of a text that is hidden while it is learnt, so that no word decides alone",
  },
  {
    name: "outsideBias",
    type: "number",
    min: -20,
    max: 20,
    // Names that were never seen are found too rarely without; half of what suits the development texts of WNUT 2017 best.
    default: 0.5,
    search: { low: -1, high: 2 },
    description: "Taken off the score of no entity: more of it finds more, and less surely",
  },
];

export interface CrfSettings {
  readonly epochs: number;
  readonly learningRate: number;
  readonly penalty: number;
  readonly dropout: number;
  readonly outsideBias: number;
}

export function crfSettings(values: ParameterValues): CrfSettings {
  return {
    epochs: values.epochs as number,
    learningRate: values.learningRate as number,
    penalty: values.penalty as number,
    dropout: values.dropout as number,
    outsideBias: values.outsideBias as number,
  };
}
