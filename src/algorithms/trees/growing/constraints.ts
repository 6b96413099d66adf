import {
  type FeatureSpec,
  KaaykoError,
  type ParameterSpec,
  type ParameterValues,
  unknownName,
} from "../../../core/index.ts";

/** What trees may not do. Plain data; columns by their number. */
export interface Constraints {
  /** For each column 1 where predictions must not fall as it rises, -1 where they must not rise, 0 where they are free. */
  readonly monotone: readonly number[];
  /** Sets of columns that may follow each other on a path; a column in none stands alone. Empty where all may. */
  readonly interactions: readonly (readonly number[])[];
}

/** The settings that constrain trees. */
export const CONSTRAINT_PARAMETERS: readonly ParameterSpec[] = [
  {
    name: "monotone",
    type: "list",
    placeholder: "a:1,b:-1",
    description: "Features with which predictions must not fall (1) or must not rise (-1); 0 leaves one free",
  },
  {
    name: "interactions",
    type: "list",
    placeholder: "a|b,c|d|e",
    description: "Sets of features that may act together on a path of a tree; a feature in no set acts alone",
  },
];

/**
 * Reads constraints; null where there are none.
 *
 * @throws KaaykoError (usage) for a feature that does not exist, a direction that is none, or a category that is to be monotone
 */
export function readConstraints(values: ParameterValues, features: readonly FeatureSpec[]): Constraints | null {
  const monotone = new Array<number>(features.length).fill(0);
  for (const entry of (values.monotone as readonly string[] | undefined) ?? []) {
    const { column, direction } = readDirection(entry, features);
    monotone[column] = direction;
  }
  const interactions = ((values.interactions as readonly string[] | undefined) ?? []).map((set) =>
    set.split("|").map((name) => columnOf(name.trim(), features)),
  );
  return monotone.some((direction) => direction !== 0) || interactions.length > 0 ? { monotone, interactions } : null;
}

function readDirection(entry: string, features: readonly FeatureSpec[]): { column: number; direction: number } {
  const at = entry.lastIndexOf(":");
  const direction = at < 0 ? Number.NaN : Number(entry.slice(at + 1));
  if (direction !== 1 && direction !== -1 && direction !== 0)
    throw new KaaykoError({
      action: "constrain trees",
      rule: "a monotone feature must be given as name:1, name:-1 or name:0",
      got: entry,
      kind: "usage",
    });
  const column = columnOf(entry.slice(0, at).trim(), features);
  if (features[column]!.kind === "numeric") return { column, direction };
  throw new KaaykoError({
    action: "constrain trees",
    rule: "a monotone feature must be numeric",
    got: `categories in ${features[column]!.name}`,
    kind: "usage",
  });
}

function columnOf(name: string, features: readonly FeatureSpec[]): number {
  const column = features.findIndex((feature) => feature.name === name);
  if (column >= 0) return column;
  throw unknownName(
    "feature",
    name,
    features.map((feature) => feature.name),
  );
}
