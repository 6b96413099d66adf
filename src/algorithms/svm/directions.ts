import { type RandomStream, randomStream } from "../../core/index.ts";

/** Above this many inputs random directions are as good as orthogonal by themselves. */
const MAX_ORTHOGONAL = 1024;

/**
 * Directions of random features for the kernel exp(-gamma · squared distance): in blocks of orthogonal ones, each as long as a
 * Gaussian vector (Yu et al., "Orthogonal random features", 2016), which lowers the error of independent ones.
 *
 * @returns inputs × pairs, in turns a unit of input
 */
export function drawDirections(inputs: number, pairs: number, gamma: number, seed: number): Float32Array {
  const random = randomStream(seed, "svm", "directions");
  const scale = Math.sqrt(2 * gamma) / (2 * Math.PI);
  const directions = new Float32Array(inputs * pairs);
  for (let first = 0; first < pairs; first += inputs) {
    const block: Float64Array[] = [];
    for (let k = first; k < Math.min(pairs, first + inputs); k++) {
      const length = norm(gaussian(random, inputs));
      const direction = nextDirection(random, inputs, inputs <= MAX_ORTHOGONAL ? block : []);
      block.push(direction);
      for (let i = 0; i < inputs; i++) directions[i * pairs + k] = direction[i]! * length * scale;
    }
  }
  return directions;
}

/** A random vector of length 1, orthogonal to those before it. */
function nextDirection(random: RandomStream, inputs: number, before: readonly Float64Array[]): Float64Array {
  for (;;) {
    const vector = gaussian(random, inputs);
    // Twice is enough (Kahan; Parlett, "The symmetric eigenvalue problem").
    for (let pass = 0; pass < 2; pass++) for (const other of before) subtractProjection(vector, other);
    const length = norm(vector);
    if (length > 1e-6) return vector.map((value) => value / length);
  }
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  let share = 0;
  for (let i = 0; i < vector.length; i++) share += vector[i]! * unit[i]!;
  for (let i = 0; i < vector.length; i++) vector[i]! -= share * unit[i]!;
}

function gaussian(random: RandomStream, length: number): Float64Array {
  return Float64Array.from({ length }, () => random.normal());
}

function norm(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}
