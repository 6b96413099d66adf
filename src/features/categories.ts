import { ranked } from "../data/index.ts";

/** Categories that a feature keeps; rarer ones share the code 0 with missing. */
export const MAX_CATEGORIES = 1024;

/**
 * The categories of a feature: by falling frequency, ties in code-unit order. Where there are more than 1,024, the most
 * frequent 1,024 of those that were seen at least twice.
 */
export function chooseCategories(distinct: ReadonlyMap<string, number>): string[] {
  const { values, counts } = ranked(distinct);
  if (values.length <= MAX_CATEGORIES) return values;
  return values.slice(0, MAX_CATEGORIES).filter((_, i) => counts[i]! >= 2);
}

/**
 * A function of strings, looked up by the codes of a dictionary: computed once a string. The table of a dictionary is kept
 * as long as the dictionary is, and grows with it.
 */
export class DictionaryMap {
  readonly #width: number;
  readonly #compute: (text: string) => readonly number[];
  readonly #missing: number;
  readonly #tables = new WeakMap<readonly string[], { values: Float64Array; known: number }>();

  /** @param missing what code 0 gives */
  constructor(width: number, missing: number, compute: (text: string) => readonly number[]) {
    this.#width = width;
    this.#missing = missing;
    this.#compute = compute;
  }

  /** `width` numbers a code, row-major, the missing code first; valid until the dictionary grows. */
  of(dictionary: readonly string[]): Float64Array {
    let table = this.#tables.get(dictionary);
    if (table === undefined) {
      table = { values: new Float64Array(this.#width).fill(this.#missing), known: 0 };
      this.#tables.set(dictionary, table);
    }
    const width = this.#width;
    const needed = (dictionary.length + 1) * width;
    if (table.values.length < needed) {
      const larger = new Float64Array(table.known === 0 ? needed : needed * 2);
      larger.set(table.values);
      table.values = larger;
    }
    for (; table.known < dictionary.length; table.known++)
      table.values.set(this.#compute(dictionary[table.known]!), (table.known + 1) * width);
    return table.values;
  }
}
