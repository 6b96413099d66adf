import { KaaykoError } from "../core/index.ts";

/** The error of a state that is not of the columns that are being fitted. */
export function misfit(): KaaykoError {
  return new KaaykoError({
    action: "continue fitting the features",
    rule: "the state must be of these columns",
    kind: "damaged",
  });
}
