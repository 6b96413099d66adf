import { CATEGORICAL, CATEGORY_WORDS, MISSING_LEFT } from "../ensemble.ts";
import type { TreeMachine } from "../machine/machine.ts";
import type { Direction } from "../walking.ts";

/** Words of a record, as `assembly/splitting.ts` lays it out. */
export const SPLIT_WORDS = 20;
const WORD = { feature: 6, bin: 7, missingLeft: 8, isSet: 9, categories: 10 } as const;

/** The split that was chosen for a node of the growing tree. */
export interface Split extends Direction {
  readonly feature: number;
}

/** Reads a node's split from the machine's memory. */
export function readSplit(machine: TreeMachine, node: number): Split {
  const at = (machine.address.splits >>> 2) + node * SPLIT_WORDS;
  const word = (name: keyof typeof WORD): number => machine.words[at + WORD[name]]!;
  const isSet = word("isSet") === 1;
  return {
    feature: word("feature"),
    bin: word("bin"),
    flags: isSet ? CATEGORICAL : word("missingLeft") === 1 ? MISSING_LEFT : 0,
    categories: isSet
      ? Uint32Array.from(machine.words.subarray(at + WORD.categories, at + WORD.categories + CATEGORY_WORDS))
      : null,
  };
}
