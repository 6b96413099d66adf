import { type CodeArray, KaaykoError } from "../../core/index.ts";
import { NUMBER_LOOKS, type NumberLook, numberLook } from "./number-look.ts";
import { MAX_DISTINCT } from "./profile.ts";

/** Characters of distinct strings kept at most, so that a column of long texts stays small. */
const MAX_CHARACTERS = 4_000_000;

/** Numbers of a tally's state beside the looks. */
const OWN_NUMBERS = 6;

/** How many values look like numbers of each sort. */
export type NumberLooks = Readonly<Record<NumberLook, number>>;

type StringTallyJson = {
  first: string;
  /** The first string that does not look like a number. */
  noNumber: string;
  values: string[];
};

/** Statistics of strings that arrive in batches of codes: the same for any batch borders and dictionaries. */
export class StringTally {
  #seen = 0;
  #missing = 0;
  #length = 0;
  #words = 0;
  #many = false;
  #characters = 0;
  #first = "";
  /** Values by what they look like as numbers, and the first that looks like none. */
  readonly #looks = new Map<NumberLook, number>();
  #noNumber = "";
  #distinct = new Map<string, number>();
  #touched = new Uint32Array(1024);
  #counts = new Uint32Array(1024);

  add(codes: CodeArray, dictionary: readonly string[], rows = codes.length): void {
    const touched = this.#tally(codes, dictionary, rows);
    for (let i = 0; i < touched; i++) {
      const code = this.#touched[i]!;
      const count = this.#counts[code]!;
      this.#counts[code] = 0;
      if (code === 0) this.#missing += count;
      else this.#addText(dictionary[code - 1]!, count);
    }
    this.#seen += rows;
  }

  /** Counts codes and lists those that occur; a code outside the dictionary is damage. */
  #tally(codes: CodeArray, dictionary: readonly string[], rows: number): number {
    if (this.#counts.length <= dictionary.length) this.#counts = new Uint32Array(2 * dictionary.length + 1);
    if (this.#touched.length < rows) this.#touched = new Uint32Array(rows);
    const counts = this.#counts;
    const touched = this.#touched;
    const last = dictionary.length;
    let found = 0;
    for (let i = 0; i < rows; i++) {
      const code = codes[i]!;
      if (code > last)
        throw new KaaykoError({
          action: "read a column of strings",
          rule: `codes must be at most ${last}`,
          got: String(code),
          kind: "input",
        });
      if (counts[code]!++ === 0) touched[found++] = code;
    }
    return found;
  }

  #addText(text: string, count: number): void {
    if (this.#first === "") this.#first = text.slice(0, 40);
    this.#length += text.length * count;
    this.#words += wordsIn(text) * count;
    const look = numberLook(text);
    this.#looks.set(look, (this.#looks.get(look) ?? 0) + count);
    if (look === "none" && this.#noNumber === "") this.#noNumber = text.slice(0, 40);
    if (this.#many) return;
    const known = this.#distinct.get(text);
    this.#distinct.set(text, (known ?? 0) + count);
    if (known === undefined) this.#characters += text.length;
    if (this.#distinct.size <= MAX_DISTINCT.strings && this.#characters <= MAX_CHARACTERS) return;
    this.#many = true;
    this.#distinct = new Map();
  }

  summary() {
    const present = this.#seen - this.#missing;
    return {
      rows: this.#seen,
      missing: this.#missing,
      distinct: this.#many ? null : this.#distinct.size,
      meanLength: present === 0 ? 0 : this.#length / present,
      meanWords: present === 0 ? 0 : this.#words / present,
      first: this.#first,
      looks: Object.fromEntries(NUMBER_LOOKS.map((look) => [look, this.#looks.get(look) ?? 0])) as NumberLooks,
      noNumber: this.#noNumber,
    };
  }

  /** Distinct strings with counts; empty where there are too many. */
  distinct(): ReadonlyMap<string, number> {
    return this.#distinct;
  }

  getState(): {
    readonly json: StringTallyJson;
    readonly numbers: Float64Array;
    readonly counts: Float64Array;
  } {
    return {
      json: { first: this.#first, noNumber: this.#noNumber, values: [...this.#distinct.keys()] },
      numbers: Float64Array.of(
        this.#seen,
        this.#missing,
        this.#length,
        this.#words,
        this.#many ? 1 : 0,
        this.#characters,
        ...NUMBER_LOOKS.map((look) => this.#looks.get(look) ?? 0),
      ),
      counts: Float64Array.from(this.#distinct.values()),
    };
  }

  setState(state: { readonly json: StringTallyJson; readonly numbers: Float64Array; readonly counts: Float64Array }) {
    const { json, numbers, counts } = state;
    if (
      numbers.length !== OWN_NUMBERS + NUMBER_LOOKS.length ||
      json.values.length !== counts.length ||
      counts.length > MAX_DISTINCT.strings
    )
      throw new KaaykoError({ action: "restore a column's statistics", rule: "the state must fit", kind: "damaged" });
    this.#seen = numbers[0]!;
    this.#missing = numbers[1]!;
    this.#length = numbers[2]!;
    this.#words = numbers[3]!;
    this.#many = numbers[4] === 1;
    this.#characters = numbers[5]!;
    this.#first = json.first;
    this.#noNumber = json.noNumber;
    NUMBER_LOOKS.forEach((look, i) => {
      this.#looks.set(look, numbers[OWN_NUMBERS + i]!);
    });
    this.#distinct = new Map(json.values.map((value, i) => [value, counts[i]!]));
  }
}

/** Words of a text: runs of characters over U+0020. */
export function wordsIn(text: string): number {
  let words = 0;
  let inside = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const space = unit <= 32 || unit === 0xa0 || unit === 0x3000;
    if (!space && !inside) words++;
    inside = !space;
  }
  return words;
}
