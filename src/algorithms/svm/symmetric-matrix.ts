/**
 * Cholesky's factor of a symmetric positive definite matrix (n × n, row-major, the lower triangle counts), in its place: the lower
 * triangle then holds the factor. False where the matrix is not positive definite.
 */
export function factorise(matrix: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const row = matrix.subarray(i * n, i * n + i + 1);
    for (let j = 0; j < i; j++) {
      const other = matrix.subarray(j * n, j * n + j + 1);
      row[j] = (row[j]! - dot(row, other, j)) / other[j]!;
    }
    const rest = row[i]! - dot(row, row, i);
    if (!(rest > 0)) return false;
    row[i] = Math.sqrt(rest);
  }
  return true;
}

/** Solves for a right-hand side, in its place, with Cholesky's factor. */
export function solve(factor: Float64Array, n: number, right: Float64Array): void {
  for (let i = 0; i < n; i++) {
    const row = factor.subarray(i * n, i * n + i + 1);
    right[i] = (right[i]! - dot(row, right, i)) / row[i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    const row = factor.subarray(i * n, i * n + i + 1);
    const value = right[i]! / row[i]!;
    right[i] = value;
    addScaled(right, row, -value, i);
  }
}

/** The inverse of the matrix of a factor; the lower triangle counts. The factor is used up. */
export function invert(factor: Float64Array, n: number): Float64Array {
  const row = new Float64Array(n);
  // The factor's inverse takes its place row by row: each is made of those before it.
  for (let i = 0; i < n; i++) {
    const own = factor.subarray(i * n, i * n + i + 1);
    row.fill(0);
    for (let k = 0; k < i; k++) addScaled(row, factor.subarray(k * n, k * n + k + 1), own[k]!, k + 1);
    const diagonal = own[i]!;
    for (let j = 0; j < i; j++) own[j] = -row[j]! / diagonal;
    own[i] = 1 / diagonal;
  }
  const inverse = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    const own = factor.subarray(k * n, k * n + k + 1);
    for (let i = 0; i <= k; i++) addScaled(inverse.subarray(i * n, i * n + i + 1), own, own[i]!, i + 1);
  }
  return inverse;
}

/** In four sums, so that additions need not wait for each other. */
function dot(a: Float64Array, b: Float64Array, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    s0 += a[i]! * b[i]!;
    s1 += a[i + 1]! * b[i + 1]!;
    s2 += a[i + 2]! * b[i + 2]!;
    s3 += a[i + 3]! * b[i + 3]!;
  }
  for (; i < length; i++) s0 += a[i]! * b[i]!;
  return s0 + s1 + (s2 + s3);
}

function addScaled(to: Float64Array, from: Float64Array, factor: number, length: number): void {
  for (let i = 0; i < length; i++) to[i]! += factor * from[i]!;
}
