import { type GeneratedTable, type GenerateOptions, type RandomStream, randomStream } from "../../core/index.ts";
import { pick } from "../drawing.ts";
import { type LabelledText, type TextTable, textTable, writeTexts } from "../text-table.ts";
import { TARGET, TEXT } from "./adapt.ts";
import { EMOTIONS, type Emotion } from "./labels.ts";
import { CLOSINGS, OPENINGS, PHRASES } from "./phrases.ts";

export const ROWS = 20_000;
/** Shares of rows with a second emotion, and with a label that nothing in the text says. */
const SECOND = 0.16;
const NOISE = 0.05;
/** Each label is this much rarer than the one before it in a shuffled order: common ones and rare ones, as in real comments. */
const DECAY = 0.87;

const COLUMNS = { text: TEXT, target: TARGET };

/**
 * Writes a synthetic table of comments and their emotions: the same bytes for the same seed and rows.
 *
 * @throws KaaykoError (usage) where the file is there and holds another table
 */
export async function generate(options: GenerateOptions): Promise<GeneratedTable> {
  const { rows = ROWS, seed = 42 } = options;
  return writeTexts(options, COLUMNS, rows, () => drawRows(rows, seed));
}

/** Comments with their labels. */
export function drawRows(rows: number, seed: number): TextTable {
  const random = randomStream(seed, "emotions");
  const order = random.shuffle([...EMOTIONS]);
  return textTable(
    COLUMNS,
    Array.from({ length: rows }, () => drawComment(random, order)),
  );
}

function drawComment(random: RandomStream, order: readonly Emotion[]): LabelledText {
  const first = drawEmotion(random, order);
  const second = random.float() < SECOND ? drawEmotion(random, order) : first;
  const said = first === second ? [first] : [first, second];
  const phrases = said.map((emotion) => pick(random, PHRASES[emotion])).join(pick(random, [" and ", ", ", ". "]));
  const told = random.float() < NOISE ? [drawEmotion(random, order)] : said;
  const label = EMOTIONS.filter((emotion) => told.includes(emotion)).join(",");
  return { text: `${pick(random, OPENINGS)}${phrases}${pick(random, CLOSINGS)}`, label };
}

function drawEmotion(random: RandomStream, order: readonly Emotion[]): Emotion {
  for (;;) for (const emotion of order) if (random.float() < 1 - DECAY) return emotion;
}
