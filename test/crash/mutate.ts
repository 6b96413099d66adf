import type { JsonValue, RandomStream } from "../../src/core/index.ts";

const ODD: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e300,
  2 ** 31,
  2 ** 53,
  "",
  "../../../etc/passwd",
  "/etc/passwd",
  "__proto__",
  "constructor",
  "a".repeat(5000),
  "\u0000",
  [],
  {},
  [null],
  [[[[[[[[]]]]]]]],
];

/** JSON with one to three changes: an odd value, a key gone or doubled under another name, an item twice, a number next to it. */
export function mutateJson(value: JsonValue, random: RandomStream): JsonValue {
  const copy = JSON.parse(JSON.stringify(value)) as JsonValue;
  for (let change = 1 + random.integer(3); change > 0; change--) changeOnce(copy, random);
  return copy;
}

function changeOnce(root: JsonValue, random: RandomStream): void {
  const places: [holder: Record<string, unknown> | unknown[], key: string][] = [];
  collect(root, places);
  if (places.length === 0) return;
  const [holder, key] = places[random.integer(places.length)]!;
  const target = holder as Record<string, unknown>;
  const before = target[key];
  const kind = random.integer(6);
  if (kind === 0 && typeof before === "number") target[key] = before + (random.integer(2) * 2 - 1);
  else if (kind === 1 && !Array.isArray(holder)) delete target[key];
  else if (kind === 2 && Array.isArray(holder)) holder.splice(Number(key), random.integer(2), before);
  else if (kind === 3)
    Object.defineProperty(target, ["__proto__", "constructor", "toString"][random.integer(3)]!, {
      value: { polluted: true },
      enumerable: true,
      configurable: true,
      writable: true,
    });
  else if (kind === 4) target[key] = places[random.integer(places.length)]![0];
  else target[key] = structuredClone(ODD[random.integer(ODD.length)]);
  // What a change has made cyclic cannot be a file.
  try {
    JSON.stringify(root);
  } catch {
    target[key] = null;
  }
}

function collect(value: unknown, places: [Record<string, unknown> | unknown[], string][]): void {
  if (value === null || typeof value !== "object") return;
  for (const key of Object.keys(value)) {
    places.push([value as Record<string, unknown>, key]);
    collect((value as Record<string, unknown>)[key], places);
  }
}

/** Bytes with one to four changes: a bit, a byte, a number of four bytes, a piece cut out, doubled, or zeroed. */
export function mutateBytes(bytes: Uint8Array, random: RandomStream): Uint8Array {
  let copy = Uint8Array.from(bytes);
  for (let change = 1 + random.integer(4); change > 0 && copy.length > 0; change--) {
    const at = random.integer(copy.length);
    const kind = random.integer(6);
    const end = Math.min(copy.length, at + 1 + random.integer(16));
    if (kind === 0) copy[at]! ^= 1 << random.integer(8);
    else if (kind === 1) copy[at] = [0, 1, 127, 128, 255][random.integer(5)]!;
    else if (kind === 2)
      for (let i = 0; i < 4 && at + i < copy.length; i++) copy[at + i] = i === 3 && random.integer(2) === 0 ? 127 : 255;
    else if (kind === 3) copy = copy.slice(0, at);
    else if (kind === 4) copy = Uint8Array.of(...copy.subarray(0, end), ...copy.subarray(at));
    else copy.fill(0, at, end);
  }
  return copy;
}
