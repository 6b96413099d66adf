import { readFile } from "node:fs/promises";
import { type JsonObject, type JsonValue, tagsOfEntities } from "../../../core/index.ts";
import { inputError } from "../text/problems.ts";
import type { TaggedSentence } from "./token-line.ts";

/** Keys on the way to a text that name no intent. */
const FRAMES = new Set(["intents", "utterances", "data", "examples"]);
/** Objects and lists that are looked into for texts. */
const DEEPEST = 5;

/** A piece of a text: what it says, and the type of entity that it is. */
interface Piece {
  readonly text: string;
  readonly type: string | null;
}

/**
 * Reads files of texts in pieces (`chunkFiles`), the intent of each being the key that it lies under. A text is cut into words at white
 * space and between its pieces.
 *
 * @throws KaaykoError (input) where a file is not what it should be
 */
export async function readChunks(files: readonly string[], keep: (sentence: TaggedSentence) => void): Promise<void> {
  for (const path of files) eachText(path, parsed(path, await readFile(path)), null, 0, keep);
}

function parsed(path: string, bytes: Buffer): JsonValue {
  try {
    return JSON.parse(textOf(bytes)) as JsonValue;
  } catch (error) {
    const got = (error as Error).message.split("\n")[0]!;
    throw inputError(path, "it must be JSON", got, "Check how it was written.");
  }
}

/** UTF-8; what is none of it was written as Latin-1, as some of the published files were. */
function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString("latin1");
  }
}

function eachText(
  path: string,
  value: JsonValue,
  intent: string | null,
  depth: number,
  keep: (sentence: TaggedSentence) => void,
): void {
  if (typeof value !== "object" || value === null || depth > DEEPEST) return;
  if (Array.isArray(value)) {
    for (const item of value) eachText(path, item, intent, depth + 1, keep);
    return;
  }
  const object = value as JsonObject;
  if (Array.isArray(object.data)) {
    const sentence = sentenceOf(
      object.data.map((piece) => pieceOf(path, piece)),
      intent,
    );
    if (sentence.tokens.length > 0) keep(sentence);
    return;
  }
  for (const [key, own] of Object.entries(object))
    eachText(path, own, FRAMES.has(key.toLowerCase()) ? intent : key, depth + 1, keep);
}

function pieceOf(path: string, piece: JsonValue): Piece {
  const { text, entity, slot_name: slot } = (piece ?? {}) as JsonObject;
  const type = slot ?? entity ?? null;
  if (typeof text === "string" && (type === null || typeof type === "string"))
    return { text, type: type?.trim().replace(/\s+/g, "_") || null };
  const got = JSON.stringify(piece).slice(0, 40);
  throw inputError(path, "a piece must have a text and, where it is an entity, its name", got, "Mend that piece.");
}

function sentenceOf(pieces: readonly Piece[], intent: string | null): TaggedSentence {
  const tokens: string[] = [];
  const entities = pieces.flatMap(({ text, type }) => {
    const first = tokens.length;
    tokens.push(...text.split(/\s+/).filter((word) => word !== ""));
    return type === null || tokens.length === first ? [] : [{ type, first, last: tokens.length - 1 }];
  });
  return { tokens, tags: tagsOfEntities(entities, tokens.length), intent };
}
