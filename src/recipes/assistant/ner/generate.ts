import { type GeneratedTable, type GenerateOptions, type RandomStream, randomStream } from "../../../core/index.ts";
import { pick } from "../../drawing.ts";
import { type TextTable, textTable, writeTexts } from "../../text-table.ts";
import { NAMES, SENTENCES } from "./sentences.ts";

export const TEXT = "text";
export const TARGET = "tags";
export const ROWS = 4000;

const COLUMNS = { text: TEXT, target: TARGET };
/** Shares of sentences written without capitals, and of entities that are made of letters drawn at random. */
const LOWER = 0.15;
const NEW_NAMES = 0.2;
const INVENTED: ReadonlySet<string> = new Set(["person", "city", "company"]);

/**
 * Writes a synthetic table of sentences and the tags of their words: the same bytes for the same seed and rows.
 *
 * @throws KaaykoError (usage) where the file is there and holds another table
 */
export async function generate(options: GenerateOptions): Promise<GeneratedTable> {
  const { rows = ROWS, seed = 42 } = options;
  return writeTexts(options, COLUMNS, rows, () => drawRows(rows, seed));
}

export function drawRows(rows: number, seed: number): TextTable {
  const random = randomStream(seed, "assistant-ner");
  const drawn = Array.from({ length: rows }, () => {
    const { words, tags } = drawSentence(random);
    return { text: words.join(" "), label: tags.join(" ") };
  });
  return textTable(COLUMNS, drawn);
}

function drawSentence(random: RandomStream): { words: string[]; tags: string[] } {
  const lower = random.float() < LOWER;
  const words: string[] = [];
  const tags: string[] = [];
  for (const part of pick(random, SENTENCES).split(" ")) {
    const type = /^\{(.+)\}$/.exec(part)?.[1];
    const said = type === undefined ? [part] : drawName(random, type);
    words.push(...(lower ? said.map((word) => word.toLowerCase()) : said));
    tags.push(...said.map((_, i) => (type === undefined ? "O" : `${i === 0 ? "B" : "I"}-${type}`)));
  }
  return { words, tags };
}

function drawName(random: RandomStream, type: string): string[] {
  if (INVENTED.has(type) && random.float() < NEW_NAMES) return [drawWord(random)];
  const parts = NAMES[type]!.map((choices) => pick(random, choices));
  return parts.flatMap((part) => part.split(" ")).filter((word) => word !== "");
}

/** A name that nobody has heard of. */
function drawWord(random: RandomStream): string {
  const syllables = Array.from({ length: 2 + random.integer(2) }, () => {
    return pick(random, [..."bdfgklmnprstvz"]) + pick(random, [..."aeiou"]);
  });
  const word = syllables.join("");
  return word.charAt(0).toUpperCase() + word.slice(1);
}
