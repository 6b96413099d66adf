import { type GeneratedTable, type GenerateOptions, type RandomStream, randomStream } from "../../../core/index.ts";
import { pick } from "../../drawing.ts";
import { type TextTable, textTable, writeTexts } from "../../text-table.ts";
import { OUT_OF_SCOPE, TARGET, TEXT } from "./adapt.ts";
import { INTENTS, OUTSIDE, POLITE } from "./requests.ts";

export const ROWS = 3000;
/** Shares of requests out of scope, of requests with a letter left out, and of requests that are labelled wrongly. */
const OUTSIDE_SHARE = 0.1;
const MISTYPED = 0.15;
const NOISE = 0.04;

const COLUMNS = { text: TEXT, target: TARGET };

/**
 * Writes a synthetic table of requests and what they mean: the same bytes for the same seed and rows.
 *
 * @throws KaaykoError (usage) where the file is there and holds another table
 */
export async function generate(options: GenerateOptions): Promise<GeneratedTable> {
  const { rows = ROWS, seed = 42 } = options;
  return writeTexts(options, COLUMNS, rows, () => drawRows(rows, seed));
}

/** Requests with their intents. */
export function drawRows(rows: number, seed: number): TextTable {
  const random = randomStream(seed, "assistant-intent");
  const names = Object.keys(INTENTS);
  const drawn = Array.from({ length: rows }, () => {
    const intent = random.float() < OUTSIDE_SHARE ? OUT_OF_SCOPE : pick(random, names);
    const { first, last } = INTENTS[intent] ?? OUTSIDE;
    const text = mistyped(random, `${pick(random, POLITE)}${pick(random, first)} ${pick(random, last)}`);
    return { label: random.float() < NOISE ? pick(random, names) : intent, text };
  });
  return textTable(COLUMNS, drawn);
}

function mistyped(random: RandomStream, text: string): string {
  if (random.float() >= MISTYPED) return text;
  const place = random.integer(text.length);
  return text.slice(0, place) + text.slice(place + 1);
}
