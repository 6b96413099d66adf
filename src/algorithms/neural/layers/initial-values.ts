import { randomStream } from "../../../core/index.ts";
import { sizeOf } from "../network.ts";
import type { Parameter } from "./scope.ts";

const NORMAL_DEVIATION = 0.05;

/** Values of all parameters before the first step: the same on every backend, each from a random stream of its own name. */
export function initialValues(parameters: readonly Parameter[], seed: number): Record<string, Float32Array> {
  return Object.fromEntries(parameters.map((parameter) => [parameter.name, initialValue(parameter, seed)]));
}

function initialValue({ name, shape, initial }: Parameter, seed: number): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  const random = randomStream(seed, "weights", name);
  const fanOut = shape.at(-1)!;
  const fanIn = values.length / fanOut;
  switch (initial) {
    case "ones":
      return values.fill(1);
    case "forget":
      return values.fill(1, values.length / 4, values.length / 2);
    case "normal":
      return values.map(() => NORMAL_DEVIATION * random.normal());
    case "orthogonal":
      return orthogonal(fanIn, fanOut, () => random.normal());
    case "glorot":
    case "he": {
      const bound = Math.sqrt(6 / (initial === "he" ? fanIn : fanIn + fanOut));
      return values.map(() => (2 * random.float() - 1) * bound);
    }
    default:
      return values;
  }
}

/** A matrix whose shorter side consists of unit vectors at right angles (Gram and Schmidt, with random vectors). */
function orthogonal(rows: number, columns: number, draw: () => number): Float32Array {
  const length = Math.max(rows, columns);
  const vectors: Float64Array[] = [];
  while (vectors.length < Math.min(rows, columns)) {
    const vector = Float64Array.from({ length }, draw);
    for (const other of vectors) {
      const part = dot(vector, other);
      for (let i = 0; i < length; i++) vector[i]! -= part * other[i]!;
    }
    const norm = Math.sqrt(dot(vector, vector));
    if (norm > 1e-6) vectors.push(vector.map((value) => value / norm));
  }
  const wide = columns >= rows;
  return Float32Array.from({ length: rows * columns }, (_, at) => {
    const row = Math.floor(at / columns);
    const column = at % columns;
    return wide ? vectors[row]![column]! : vectors[column]![row]!;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
