import type { JsonValue } from "../../core/json.ts";
import { isObject } from "../../core/json.ts";

/** The entry of a file's metadata in which Hugging Face's `datasets` keeps what columns mean. */
const ENTRY = "huggingface";
const MOST_BYTES = 1 << 22;

/**
 * What the whole numbers of columns stand for, by column: entry `k` is called `names[k]`. Columns of lists have the names of their
 * elements. What cannot be read says nothing.
 *
 * @param metadata pairs of texts beside the schema of a Parquet or an Arrow file
 */
export function classNames(
  metadata: readonly { readonly key: string; readonly value?: string }[] | undefined,
): Map<string, readonly string[]> {
  const names = new Map<string, readonly string[]>();
  const text = metadata?.find(({ key }) => key === ENTRY)?.value;
  if (text === undefined || text.length > MOST_BYTES) return names;
  const features = at(at(parsed(text), "info"), "features");
  for (const [column, feature] of Object.entries(isObject(features) ? features : {})) {
    const found =
      namesOf(feature) ?? namesOf(at(feature, "feature")) ?? namesOf(Array.isArray(feature) ? feature[0] : undefined);
    if (found !== undefined) names.set(column, found);
  }
  return names;
}

function namesOf(feature: JsonValue | undefined): readonly string[] | undefined {
  const names = at(feature, "_type") === "ClassLabel" ? at(feature, "names") : undefined;
  const usable = Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === "string");
  return usable && new Set(names).size === names.length ? (names as string[]) : undefined;
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function at(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
