import { gru, gruParameters } from "../neural/layers/index.ts";
import { createSequenceAlgorithm } from "./algorithm.ts";
import { recurrentNetwork } from "./recurrent.ts";

/** Gated recurrent units over the window; their last state gives the forecast. */
export const gruForecaster = createSequenceAlgorithm({
  name: "gru",
  title: "GRU",
  description: "Gated recurrent units over the last readings",
  network: recurrentNetwork({ parameters: gruParameters, states: (scope, name, x) => gru(scope, name, x) }),
});
