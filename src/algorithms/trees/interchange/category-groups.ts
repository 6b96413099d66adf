/**
 * Categories of a feature in groups that no split tells apart: a model of ours tells apart 255 bins a feature, other programs
 * any number of categories.
 */
export class CategoryGroups {
  /** The bin of each category's code; bin 0 is missing, unseen ones among them. */
  readonly binOfCode: Uint8Array;
  readonly #bins: number;

  private constructor(binOfCode: Uint8Array, bins: number) {
    this.binOfCode = binOfCode;
    this.#bins = bins;
  }

  /**
   * Groups `count` categories by the sets that they are in, by parting groups with one set after the other.
   *
   * @param sets codes from 0, each under `count`
   * @returns null where there are more than 255 groups
   */
  static of(count: number, sets: readonly (readonly number[])[]): CategoryGroups | null {
    const groupOf = new Int32Array(count);
    let groups = 1;
    for (const codes of sets) {
      const parted = new Map<number, number>();
      for (const code of new Set(codes)) {
        const from = groupOf[code]!;
        let to = parted.get(from);
        if (to === undefined) {
          to = groups++;
          parted.set(from, to);
        }
        groupOf[code] = to;
      }
    }
    const bins = new Map<number, number>();
    const binOfCode = new Uint8Array(count + 1);
    for (let code = 0; code < count; code++) {
      const group = groupOf[code]!;
      if (!bins.has(group)) bins.set(group, bins.size + 1);
      if (bins.size > 255) return null;
      binOfCode[code + 1] = bins.get(group)!;
    }
    return new CategoryGroups(binOfCode, bins.size);
  }

  /** Writes the bits of the bins that go left. */
  write(codes: readonly number[], setLeft: boolean, missingLeft: boolean, to: Uint32Array): void {
    if (!setLeft) for (let bin = 1; bin <= this.#bins; bin++) to[bin >> 5]! |= 1 << (bin & 31);
    for (const code of codes) {
      const bin = this.binOfCode[code + 1]!;
      if (setLeft) to[bin >> 5]! |= 1 << (bin & 31);
      else to[bin >> 5]! &= ~(1 << (bin & 31));
    }
    if (missingLeft) to[0]! |= 1;
  }
}
