import { readFileSync } from "node:fs";
import type { Backend } from "../../backends/index.ts";
import { type JsonObject, type JsonValue, KaaykoError } from "../../core/index.ts";

/** What decides the last bits of a neural result: recorded in every state. */
export function deviceOf(backend: Backend): JsonObject {
  return {
    backend: backend.name,
    version: backend.version,
    threads: backend.threads,
    instructions: backend.name === "tensorflow" ? instructionSet() : process.arch,
  };
}

/** The vector instructions that TensorFlow chooses its kernels by. */
function instructionSet(): string {
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]?.split(" ") ?? [];
    const vector = flags.filter((flag) => /^(avx|amx|fma|f16c)/.test(flag)).sort();
    return [process.arch, ...new Set(vector)].join(" ");
  } catch {
    return process.arch;
  }
}

/**
 * Refuses to go on with a state from another device.
 *
 * @throws KaaykoError listing what differs
 */
export function checkDevice(saved: JsonValue | undefined, current: JsonObject, allowed: boolean): void {
  if (allowed) return;
  const before = (saved ?? {}) as JsonObject;
  const differing = Object.keys(current).filter((key) => before[key] !== current[key]);
  if (differing.length === 0) return;
  throw new KaaykoError({
    action: "resume the mlp",
    rule: "it must run on the same device to end in the same bytes",
    got: differing.map((key) => `${key} ${describe(before[key])} before and ${describe(current[key])} now`).join("; "),
    remedy: "Resume where it began, or set mlp.allowDifferentDevice=true to go on with slightly different bytes.",
    kind: "usage",
  });
}

const describe = (value: JsonValue | undefined): string => (value === undefined ? "unknown" : String(value));
