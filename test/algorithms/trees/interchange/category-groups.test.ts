import fc from "fast-check";
import { expect, it } from "vitest";
import { CategoryGroups } from "../../../../src/algorithms/trees/interchange/category-groups.ts";

it("every set of codes is made of groups, 255 at most in each list", () => {
  const sets = fc.array(fc.uniqueArray(fc.nat(799), { maxLength: 400 }), { maxLength: 40 });
  fc.assert(
    fc.property(sets, fc.boolean(), (many, setLeft) => {
      const found = CategoryGroups.of(800, many);
      expect(found.flatMap((entry) => entry.sets)).toEqual(many);
      for (const { groups, sets: own } of found)
        for (const codes of own) {
          const words = new Uint32Array(8);
          groups.write(codes, setLeft, false, words);
          const left = Array.from({ length: 800 }, (_, code) => code).filter((code) => {
            const bin = groups.binOfCode[code + 1]!;
            return ((words[bin >> 5]! >>> (bin & 31)) & 1) === 1;
          });
          const inside = new Set(codes);
          expect(left.every((code) => inside.has(code) === setLeft)).toBe(true);
          expect(left.length).toBe(setLeft ? codes.length : 800 - codes.length);
        }
    }),
    { numRuns: 30 },
  );
});

it("splits that tell apart more than 255 groups get further lists", () => {
  const single = Array.from({ length: 400 }, (_, code) => [code]);
  const found = CategoryGroups.of(400, single);
  expect(found.map(({ sets }) => sets.length)).toEqual([254, 146]);
});
