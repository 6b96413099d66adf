import type { Tape, Value } from "../../../backends/index.ts";

/** What layers are built in: a tape, the trained arrays by name, and dropout, which is off outside of training. */
export interface Scope<V> {
  readonly tape: Tape<V>;
  parameter(name: string): Value<V>;
  /** An input by its name. */
  input(name: string): Value<V>;
  /** The two int32 words that decide this step's dropout; null outside of training. */
  readonly dropoutSeed: V | null;
  /** Number of the next use of random numbers: no two uses may draw the same. */
  nextUse(): number;
}

/** A trained array: its name, shape, whether weight decay shrinks it, and its values before the first step. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly decayed: boolean;
  readonly initial: Initialiser;
}

/**
 * `glorot`: uniform by the sum of fan-in and fan-out (Glorot and Bengio, 2010); `he`: uniform by fan-in (He et al., 2015);
 * `orthogonal`: rows or columns at right angles (Saxe et al., 2014); `normal`: deviation 0.05; `forget`: 1 for the second quarter
 * (the forget gate's bias), 0 elsewhere.
 */
export type Initialiser = "glorot" | "he" | "orthogonal" | "normal" | "zeros" | "ones" | "forget";
