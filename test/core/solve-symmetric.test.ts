import fc from "fast-check";
import { expect, it } from "vitest";
import { solveSymmetric } from "../../src/core/index.ts";

it("solves what a positive definite matrix was multiplied with", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 200, maxLength: 200 }),
      (size, numbers) => {
        const root = (i: number, j: number) => numbers[(i * size + j) % numbers.length]!;
        const solution = Float64Array.from({ length: size }, (_, i) => numbers[150 + i]!);
        const matrix = new Float64Array(size * size);
        for (let i = 0; i < size; i++)
          for (let j = 0; j < size; j++) {
            for (let k = 0; k < size; k++) matrix[i * size + j]! += root(i, k) * root(j, k);
            if (i === j) matrix[i * size + j]! += 1;
          }
        const right = solution.map((_, i) => solution.reduce((sum, x, j) => sum + matrix[i * size + j]! * x, 0));
        solveSymmetric(matrix, right, size).forEach((x, i) => {
          expect(x).toBeCloseTo(solution[i]!, 6);
        });
      },
    ),
    { numRuns: 60 },
  );
});
