import { entitiesOf, KaaykoError, strictEntitiesOf } from "../../core/index.ts";
import type { MetricValues } from "../accumulator.ts";
import { type EntityScore, EntityTally } from "./entity-tally.ts";

/** Marks that IOB2 knows: strict scoring is of these alone. */
const STRICT_TAG = /^(?:O|[BI](?:-|$))/;

export interface EntityScores {
  readonly values: MetricValues;
  readonly types: readonly EntityScore[];
}

/**
 * Scores tagged sentences against the truth as seqeval does (Nakayama, "seqeval", 2018): an entity counts where type and both ends are
 * right.
 *
 * @param strict tags are IOB2 to the letter: an "I-" that continues no entity of its type counts for nothing. Default: it begins one
 * @throws KaaykoError (input) where the sentences differ in number or length, or a strict tag is none of B-, I- and O
 */
export function scoreEntities(
  actual: readonly (readonly string[])[],
  predicted: readonly (readonly string[])[],
  { strict = false }: { readonly strict?: boolean } = {},
): EntityScores {
  checkShapes(actual, predicted);
  if (strict) for (const tags of [...actual, ...predicted]) checkStrict(tags);
  const tally = new EntityTally();
  const read = strict ? strictEntitiesOf : entitiesOf;
  actual.forEach((tags, i) => {
    tally.add(read(tags), read(predicted[i]!));
  });
  return { values: tally.values(), types: tally.types() };
}

function checkShapes(actual: readonly (readonly string[])[], predicted: readonly (readonly string[])[]): void {
  if (actual.length !== predicted.length)
    throw unlike(`as many sentences as the truth, ${actual.length}`, String(predicted.length));
  actual.forEach((tags, i) => {
    const other = predicted[i]!.length;
    if (other !== tags.length)
      throw unlike(`as many tags as the truth in sentence ${i + 1}, ${tags.length}`, String(other));
  });
}

function checkStrict(tags: readonly string[]): void {
  const wrong = tags.find((tag) => !STRICT_TAG.test(tag));
  if (wrong === undefined) return;
  throw new KaaykoError({
    action: "score entities strictly",
    rule: "every tag must be O, B-type or I-type",
    got: JSON.stringify(wrong),
    remedy: "Score without strict, which also reads E- and S-.",
    kind: "input",
  });
}

function unlike(what: string, got: string): KaaykoError {
  return new KaaykoError({ action: "score entities", rule: `the predictions must have ${what}`, got, kind: "input" });
}
