import { expect, it } from "vitest";
import { fromLightgbmText } from "../../../../src/algorithms/trees/interchange/index.ts";
import { predictRowsOf } from "./golden.ts";

/** One split by two identifiers, as LightGBM writes it: bit sets of 32 codes a word. */
function modelOf(codes: readonly number[]): string {
  const words = new Array<number>((Math.max(...codes) >> 5) + 1).fill(0);
  for (const code of codes) words[code >> 5] = (words[code >> 5]! | (1 << (code & 31))) >>> 0;
  return [
    "tree",
    "version=v4",
    "num_class=1",
    "num_tree_per_iteration=1",
    "max_feature_idx=0",
    "objective=regression",
    "feature_names=customer",
    `feature_infos=${codes.join(":")}`,
    "",
    "Tree=0",
    "num_leaves=2",
    "num_cat=1",
    "split_feature=0",
    "threshold=0",
    "decision_type=1",
    "left_child=-1",
    "right_child=-2",
    "leaf_value=5 -5",
    `cat_boundaries=0 ${words.length}`,
    `cat_threshold=${words.join(" ")}`,
    "",
    "end of trees",
    "",
  ].join("\n");
}

it("identifiers far apart are categories by their own names, and others go as missing ones do", async () => {
  const imported = fromLightgbmText(modelOf([12, 8_225_540]));
  expect(imported.features).toEqual([{ name: "customer", kind: "categorical", categories: ["12", "8225540"] }]);
  expect(await predictRowsOf(imported, [[0], [1], [null]])).toEqual([5, 5, -5]);
});

it("codes without a gap stay codes", () => {
  const { categories } = fromLightgbmText(modelOf([12, 70])).features[0]!;
  expect(categories.length).toBeGreaterThan(70);
  expect(categories[12]).toBe("12");
});
