import type { ForeignForest, ForeignNode } from "./foreign-types.ts";

/** A category's code at most, where a feature's categories are numbered from 0 without a gap. */
export const MAX_CODE = 65_535;

/**
 * Categories by their own names where codes are far apart, such as identifiers: only the codes that splits name become
 * categories, and their texts are the codes. Another code is then an unseen category, which goes as a missing value does; so a
 * feature stays as it was where a split sends missing values with its set.
 *
 * @returns the forest itself where no feature has codes over 65,535
 */
export function withNamedCodes(forest: ForeignForest): ForeignForest {
  const named = new Map<number, ReadonlyMap<number, number>>();
  for (const [feature, nodes] of splitsBySet(forest)) {
    if (forest.features[feature]?.categories !== null) continue;
    if (!nodes.some(({ codes }) => codes!.some((code) => code > MAX_CODE))) continue;
    if (nodes.every(({ setLeft, missingLeft }) => setLeft !== missingLeft)) named.set(feature, placesOf(nodes));
  }
  if (named.size === 0) return forest;
  return {
    ...forest,
    features: forest.features.map((feature, index) => {
      const places = named.get(index);
      return places === undefined ? feature : { ...feature, categories: [...places.keys()].map(String) };
    }),
    trees: forest.trees.map((nodes) =>
      nodes.map((node) => {
        const places = node.codes === null ? undefined : named.get(node.feature);
        return places === undefined ? node : { ...node, codes: node.codes!.map((code) => places.get(code)!) };
      }),
    ),
  };
}

/** Splits by a set of categories, by feature: one pass over all nodes, however many features there are. */
function splitsBySet({ trees }: ForeignForest): Map<number, ForeignNode[]> {
  const found = new Map<number, ForeignNode[]>();
  for (const nodes of trees)
    for (const node of nodes) {
      if (node.feature < 0 || node.codes === null) continue;
      const others = found.get(node.feature);
      if (others === undefined) found.set(node.feature, [node]);
      else others.push(node);
    }
  return found;
}

/** Place of each code in ascending order. */
function placesOf(nodes: readonly ForeignNode[]): Map<number, number> {
  const codes = new Set<number>();
  for (const node of nodes) for (const code of node.codes!) codes.add(code);
  return new Map([...codes].sort((a, b) => a - b).map((code, place) => [code, place]));
}
