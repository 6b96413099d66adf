import { createHash } from "node:crypto";
import { canonicalJson } from "./json.ts";
import type { State } from "./resumable.ts";
import { dtypeOf, toBytes } from "./typed-arrays.ts";

/** SHA-256 in lower-case hex. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** SHA-256 of a value's canonical JSON. */
export function hashJson(value: unknown): string {
  return sha256(canonicalJson(value));
}

/** SHA-256 of a state: of its canonical JSON and of every array's name, dtype, length and bytes, sorted by name. */
export function hashState(state: Pick<State, "json" | "arrays">): string {
  const hash = createHash("sha256");
  hash.update(canonicalJson(state.json));
  for (const name of Object.keys(state.arrays).sort()) {
    const array = state.arrays[name]!;
    hash.update(`\n${JSON.stringify(name)} ${dtypeOf(array)} ${array.length}\n`);
    hash.update(toBytes(array));
  }
  return hash.digest("hex");
}
