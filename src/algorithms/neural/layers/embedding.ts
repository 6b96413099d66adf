import type { Value } from "../../../backends/index.ts";
import type { Parameter, Scope } from "./scope.ts";

/** The parameter of an embedding: a vector for each of `rows` categories. */
export function embeddingParameters(name: string, rows: number, width: number): Parameter[] {
  return [{ name: `${name}/vectors`, shape: [rows, width], decayed: true, initial: "normal" }];
}

/** The vectors of some categories. @param codes int32, a vector */
export function embedding<V>({ tape, parameter }: Scope<V>, name: string, codes: V): Value<V> {
  return tape.gather(parameter(`${name}/vectors`), codes);
}
