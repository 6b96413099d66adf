import { canonicalJson, type JsonObject, type JsonValue, KaaykoError, parseJson, sha256 } from "../core/index.ts";

const START = '{"content":';
const MIDDLE = ',"sha256":"';
const END = '"}\n';
const HASH_LENGTH = 64;

/** A JSON file that carries its own hash: `{"content": …, "sha256": "…"}`, canonical, so that equal values are equal bytes. */
export function seal(content: JsonValue): { text: string; hash: string } {
  const json = canonicalJson(content);
  const hash = sha256(json);
  return { text: START + json + MIDDLE + hash + END, hash };
}

/**
 * Reads a sealed file. Every byte counts: any change, white space too, is found.
 *
 * @throws KaaykoError (damaged)
 */
export function unseal(bytes: Uint8Array, what: string): { content: JsonObject; hash: string } {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  const tail = text.length - END.length - HASH_LENGTH - MIDDLE.length;
  const hash = text.slice(tail + MIDDLE.length, -END.length);
  const whole = tail > START.length && text.startsWith(START) && text.endsWith(END);
  if (!whole || text.slice(tail, tail + MIDDLE.length) !== MIDDLE) throw damaged(what, "it must be complete");
  const json = text.slice(START.length, tail);
  if (sha256(json) !== hash) throw damaged(what, "its content must match its hash");
  let content: JsonValue;
  try {
    content = parseJson(json, what);
  } catch (error) {
    throw damaged(what, (error as Error).message);
  }
  if (content === null || typeof content !== "object" || Array.isArray(content))
    throw damaged(what, "it must hold a JSON object");
  return { content, hash };
}

export function damaged(what: string, rule: string, got?: string): KaaykoError {
  const parts = { action: `use ${what}`, rule, kind: "damaged" as const };
  return new KaaykoError(got === undefined ? parts : { ...parts, got });
}
