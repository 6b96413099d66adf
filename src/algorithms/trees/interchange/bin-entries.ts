import { CategoryGroups } from "./category-groups.ts";
import { type ForeignFeature, type ForeignForest, type ForeignNode, refused } from "./foreign-types.ts";
import { MAX_CODE } from "./sparse-codes.ts";

/** Codes that a feature has at least, where the file does not say how many there were: those it does not name go the other way. */
const LEAST_CODES = 1024;

/** What the splits on a feature are: one pass over all nodes, however many features there are. */
interface SplitsOfFeature {
  readonly sets: (readonly number[])[];
  byThreshold: boolean;
}

/** The splits on each feature. */
export function splitsByFeature(features: number, trees: readonly (readonly ForeignNode[])[]): SplitsOfFeature[] {
  const splits = Array.from({ length: features }, (): SplitsOfFeature => ({ sets: [], byThreshold: false }));
  for (const nodes of trees)
    for (const { feature, codes } of nodes) {
      if (feature < 0) continue;
      if (codes === null) splits[feature]!.byThreshold = true;
      else splits[feature]!.sets.push(codes);
    }
  return splits;
}

/** What splits name: each feature, then further groups of the categories of some. */
export interface BinEntry {
  readonly feature: number;
  readonly groups: CategoryGroups | null;
}

/** Entries for all features, and for each set of codes the entry whose groups it is made of. */
export function binEntries(
  { features, what }: ForeignForest,
  splits: readonly SplitsOfFeature[],
): { entries: readonly BinEntry[]; entryOf: ReadonlyMap<readonly number[], number> } {
  const entries: BinEntry[] = features.map((_, feature) => ({ feature, groups: null }));
  const entryOf = new Map<readonly number[], number>();
  features.forEach((foreign, feature) => {
    if (splits[feature]!.sets.length === 0 && !foreign.categorical) return;
    const count = categoryCount(foreign, splits[feature]!, what);
    CategoryGroups.of(count, splits[feature]!.sets).forEach(({ groups, sets }, i) => {
      const entry = i === 0 ? feature : entries.length;
      entries[entry] = { feature, groups };
      for (const codes of sets) entryOf.set(codes, entry);
    });
  });
  return { entries, entryOf };
}

function categoryCount(feature: ForeignFeature, { sets, byThreshold }: SplitsOfFeature, what: string): number {
  const named = feature.categories?.length ?? 0;
  const highest = sets.reduce((most, codes) => codes.reduce((a, b) => Math.max(a, b), most), -1);
  const ordered = sets.every((codes) => codes.every((code) => Number.isSafeInteger(code) && code >= 0));
  if (byThreshold) throw refused(what, "a feature of categories must be split by sets", feature.name);
  if (!ordered || highest > MAX_CODE)
    throw refused(what, `codes of categories must be from 0 to ${MAX_CODE}`, String(highest));
  if (feature.categories !== null && highest >= named)
    throw refused(what, `codes of ${feature.name} must name its ${named} categories`, String(highest));
  return feature.categories === null ? Math.max(LEAST_CODES, highest + 1) : named;
}
