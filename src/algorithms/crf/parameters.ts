import type { ParameterSpec, ParameterValues } from "../../core/index.ts";

export const CRF_PARAMETERS: readonly ParameterSpec[] = [
  { name: "epochs", type: "integer", min: 1, max: 10_000, default: 15, description: "Passes over the texts" },
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
    default: 0.001,
    search: { low: 1e-5, high: 0.05, log: true },
    description: "How much large weights cost (L2), wherever one is touched",
  },
  {
    name: "dropout",
    type: "number",
    min: 0,
    max: 0.9,
    default: 0.3,
    description: "Share of what is known of a text that is hidden while it is learnt, so that no word decides alone",
  },
  {
    name: "outsideBias",
    type: "number",
    min: -20,
    max: 20,
    description: "Taken off the score of no entity: more finds more (default: what gives the validation rows the best F1)",
  },
];

export interface CrfSettings {
  readonly epochs: number;
  readonly learningRate: number;
  readonly penalty: number;
  readonly dropout: number;
  /** Null where the validation rows say. */
  readonly outsideBias: number | null;
}

export function crfSettings(values: ParameterValues): CrfSettings {
  const { outsideBias } = values;
  return {
    epochs: values.epochs as number,
    learningRate: values.learningRate as number,
    penalty: values.penalty as number,
    dropout: values.dropout as number,
    outsideBias: typeof outsideBias === "number" ? outsideBias : null,
  };
}
