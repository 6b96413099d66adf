const MAX_BINS = 255;

/** Groups of a feature's categories, and the sets that are made of them. */
export interface GroupedSets {
  readonly groups: CategoryGroups;
  readonly sets: readonly (readonly number[])[];
}

/**
 * Categories of a feature in groups that no split tells apart: an entry of a model of ours tells apart 255 bins, other programs
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
   * Groups `count` categories by the sets that they are in, by parting groups with one set after the other; further groups begin
   * where a set would make more than 255.
   *
   * @param sets codes from 0, each under `count`
   * @returns one at least
   */
  static of(count: number, sets: readonly (readonly number[])[]): readonly GroupedSets[] {
    const found: GroupedSets[] = [];
    let parting = new Parting(count);
    let own: (readonly number[])[] = [];
    const finish = (): void => {
      found.push({ groups: CategoryGroups.#numbered(parting.groupOf), sets: own });
      parting = new Parting(count);
      own = [];
    };
    for (const codes of sets) {
      if (!parting.part(codes)) {
        finish();
        // A set alone makes two groups.
        parting.part(codes);
      }
      own.push(codes);
    }
    finish();
    return found;
  }

  static #numbered(groupOf: Int32Array): CategoryGroups {
    const bins = new Map<number, number>();
    const binOfCode = new Uint8Array(groupOf.length + 1);
    for (let code = 0; code < groupOf.length; code++) {
      const group = groupOf[code]!;
      if (!bins.has(group)) bins.set(group, bins.size + 1);
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

/** Groups that sets part further and further, 255 at most. */
class Parting {
  readonly groupOf: Int32Array;
  readonly #sizes: number[];
  #occupied: number;

  constructor(count: number) {
    this.groupOf = new Int32Array(count);
    this.#sizes = [count];
    this.#occupied = count > 0 ? 1 : 0;
  }

  /** Parts groups by a set; false, and nothing is changed, where there would be too many. */
  part(codes: readonly number[]): boolean {
    const members = new Set(codes);
    const inside = new Map<number, number>();
    for (const code of members) inside.set(this.groupOf[code]!, (inside.get(this.groupOf[code]!) ?? 0) + 1);
    const parted = [...inside].filter(([group, size]) => size < this.#sizes[group]!);
    if (this.#occupied + parted.length > MAX_BINS) return false;
    this.#occupied += parted.length;
    const to = new Map(parted.map(([group, size]) => [group, this.#split(group, size)]));
    for (const code of members) this.groupOf[code] = to.get(this.groupOf[code]!) ?? this.groupOf[code]!;
    return true;
  }

  #split(group: number, size: number): number {
    this.#sizes[group]! -= size;
    return this.#sizes.push(size) - 1;
  }
}
