import { lstm, lstmParameters } from "../neural/layers/index.ts";
import { createSequenceAlgorithm } from "./algorithm.ts";
import { recurrentNetwork } from "./recurrent.ts";

/** Long short-term memory over the window; its last state gives the forecast. */
export const lstmForecaster = createSequenceAlgorithm({
  name: "lstm",
  title: "LSTM",
  description: "Long short-term memory over the last readings",
  network: recurrentNetwork({ parameters: lstmParameters, states: lstm }),
});
