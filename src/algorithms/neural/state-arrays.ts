import { KaaykoError, type State } from "../../core/index.ts";
import { type ParameterShape, sizeOf } from "./network.ts";

/** Prefix of the best epoch's weights in a state. */
export const BEST = "best/";

/** The named arrays of a state, checked against the network's shapes. */
export function takeArrays(
  state: State,
  names: readonly string[],
  shapes: readonly ParameterShape[],
  prefix = "",
): Record<string, Float32Array> {
  const sizes = new Map(shapes.map(({ name, shape }) => [name, sizeOf(shape)]));
  return Object.fromEntries(
    names.map((name) => {
      const array = state.arrays[prefix + name];
      const size = sizes.get(name.replace(/\/(?:[mv]|momentum|average|gathered)$/, ""))!;
      if (!(array instanceof Float32Array) || array.length !== size)
        throw damagedState(
          `${prefix}${name}: ${size} float32 values`,
          array === undefined ? "nothing" : `${array.length} others`,
        );
      return [name, array];
    }),
  );
}

/** The best weights of a state. */
export function takeBest(state: State, shapes: readonly ParameterShape[]): Record<string, Float32Array> {
  return takeArrays(
    state,
    shapes.map(({ name }) => name),
    shapes,
    BEST,
  );
}

export function damagedState(needed: string, got = "something else"): KaaykoError {
  return new KaaykoError({
    action: "resume the neural network",
    rule: `its state must hold ${needed}`,
    got,
    kind: "damaged",
  });
}
