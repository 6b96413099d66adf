/** The shape of two arrays that are broadcast against each other; -1 is the dimension of the rows. */
export function joinedShape(a: readonly number[], b: readonly number[]): number[] {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, i) => {
    const left = a[i - length + a.length] ?? 1;
    const right = b[i - length + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1)
      throw new RangeError(`shapes that do not fit: [${a.join(", ")}] and [${b.join(", ")}]`);
    return left === 1 ? right : left;
  });
}

/** A shape after some dimensions were reduced: gone, or of length 1 where they are kept. */
export function without(shape: readonly number[], axes: readonly number[], keep: boolean): number[] {
  return shape.flatMap((length, i) => (axes.includes(i) ? (keep ? [1] : []) : [length]));
}
