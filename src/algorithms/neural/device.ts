import { readFileSync } from "node:fs";
import { type Backend, chooseBackend, tensorflowThreads } from "../../backends/index.ts";
import {
  type JsonObject,
  type JsonValue,
  KaaykoError,
  type ParameterSpec,
  type TrainerContext,
} from "../../core/index.ts";

/** Bound on what a state may claim. */
const MAX_THREADS = 1024;

/** The setting of all neural algorithms by which a resume may leave its device. */
export const ALLOW_DIFFERENT_DEVICE: ParameterSpec = {
  name: "allowDifferentDevice",
  type: "boolean",
  default: false,
  affectsResult: false,
  description: "Resume on another backend, TensorFlow, instruction set or number of threads, giving up equal bytes",
};

export type DeviceContext = Pick<TrainerContext, "backend" | "threads" | "notify">;

/** What decides the last bits of a neural result: recorded in every state. */
export function deviceOf(backend: Backend): JsonObject {
  return {
    backend: backend.name,
    version: backend.version,
    threads: backend.threads,
    instructions: backend.name === "tensorflow" ? instructionSet() : process.arch,
  };
}

/**
 * Loads what a training runs on. A training that goes on keeps the backend (under `auto`) and the number of TensorFlow's
 * threads that it began with, whatever is asked for now: both decide the last bits. So do trainings after it in this process.
 *
 * @param saved the device of the state to go on from; null for a training that begins
 * @throws KaaykoError where a backend named explicitly cannot be had
 */
export function chooseDevice(context: DeviceContext, saved: JsonObject | null = null): Promise<Backend> {
  const before = saved?.backend;
  const known = before === "tensorflow" || before === "wasm" || before === "cpu";
  const wanted = context.backend === "auto" && known ? before : context.backend;
  const kept = wanted !== "cpu" && wanted !== "wasm" && before === "tensorflow" ? saved?.threads : tensorflowThreads();
  const threads = typeof kept === "number" && kept >= 1 && kept <= MAX_THREADS ? kept : context.threads;
  return chooseBackend(wanted, { ...context, threads });
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
    action: "resume the neural network",
    rule: "it must run on the same device to end in the same bytes",
    got: differing.map((key) => `${key} ${describe(before[key])} before and ${describe(current[key])} now`).join("; "),
    remedy: "Resume where it began, or add --allow-different-device to go on with slightly different bytes.",
    kind: "usage",
  });
}

const describe = (value: JsonValue | undefined): string => (value === undefined ? "unknown" : String(value));
