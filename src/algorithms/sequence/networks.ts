import { gru, gruParameters, lstm, lstmParameters } from "../neural/layers/index.ts";
import type { SequenceNetwork } from "./network.ts";
import { recurrentNetwork } from "./recurrent.ts";
import { seq2seqNetwork } from "./seq2seq.ts";
import { tcnNetwork } from "./tcn.ts";
import { transformerNetwork } from "./transformer.ts";

/** The networks of the algorithms that forecast from windows, by their names. */
export const SEQUENCE_NETWORKS: Readonly<Record<string, SequenceNetwork>> = {
  lstm: recurrentNetwork({ parameters: lstmParameters, states: lstm }),
  gru: recurrentNetwork({ parameters: gruParameters, states: gru }),
  tcn: tcnNetwork,
  transformer: transformerNetwork,
  seq2seq: seq2seqNetwork,
};
