import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { KaaykoError } from "../core/index.ts";
import type { Backend } from "./backend.ts";
import { cacheFolder } from "./cache-folder.ts";
import { readStamp, writeStamp } from "./tensorflow/stamps.ts";
import { tensorflowStatus } from "./tensorflow/status.ts";
import type { ProvisionProgress, TensorflowStatus } from "./types.ts";

export interface ChooseOptions {
  readonly threads: number;
  readonly notify: (message: string) => void;
  readonly onProgress?: (progress: ProvisionProgress) => void;
}

/** After a failed set-up, `auto` does not try again by itself for this long. */
const RETRY_AFTER_MS = 24 * 3600_000;

/**
 * Loads the backend that a user asked for. `auto` takes TensorFlow, setting it up the first time (not where `KAAYKO_NO_SETUP`
 * is set), and falls back to wasm and then cpu with one line that says why.
 *
 * @throws KaaykoError where a backend named explicitly cannot be had
 */
export async function chooseBackend(
  wanted: "auto" | "tensorflow" | "wasm" | "cpu",
  options: ChooseOptions,
): Promise<Backend> {
  if (wanted === "wasm") return (await import("./wasm/load.ts")).loadWasm();
  if (wanted === "cpu") return (await import("./cpu/load.ts")).loadCpu();
  const status = await readyTensorflow(wanted, options);
  if (status.state === "ready") return loadTensorflowBackend(options.threads);
  if (wanted === "tensorflow")
    throw new KaaykoError({
      action: "use the backend tensorflow",
      rule: status.reason ?? "it must be set up",
      ...(status.remedy === undefined ? {} : { remedy: status.remedy }),
    });
  options.notify(
    `TensorFlow is not used: ${status.reason}. ${status.remedy ?? ""} The neural model runs on wasm meanwhile.`,
  );
  return fallback(options.notify);
}

async function loadTensorflowBackend(threads: number): Promise<Backend> {
  const { loadTensorflow } = await import("./tensorflow/load.ts");
  const tensorflow = loadTensorflow(threads);
  const { version } = tensorflow;
  return { name: "tensorflow", version, threads: tensorflow.threads, tf: tensorflow.tf, tensorflow };
}

async function readyTensorflow(wanted: "auto" | "tensorflow", options: ChooseOptions): Promise<TensorflowStatus> {
  const status = tensorflowStatus();
  if (status.state === "ready" || process.env.KAAYKO_NO_SETUP) return status;
  if (wanted === "auto" && failedLately()) return status;
  const { ensureTensorflow } = await import("./tensorflow/provision.ts");
  const after = await ensureTensorflow(options);
  if (after.state !== "ready" && wanted === "auto") rememberFailure(after.reason ?? "");
  return after;
}

const failureFile = (): string => join(cacheFolder(), "tensorflow", "failed.json");

function failedLately(): boolean {
  const at = readStamp(failureFile())?.at;
  return typeof at === "number" && Math.abs(Date.now() - at) < RETRY_AFTER_MS;
}

function rememberFailure(reason: string): void {
  try {
    mkdirSync(dirname(failureFile()), { recursive: true });
    writeStamp(failureFile(), { at: Date.now(), reason });
  } catch {
    // A cache that cannot be written only means that the next run tries again.
  }
}

async function fallback(notify: (message: string) => void): Promise<Backend> {
  try {
    return await (await import("./wasm/load.ts")).loadWasm();
  } catch (error) {
    notify(`${(error as Error).message}; the neural model runs on cpu, slowly.`);
    return (await import("./cpu/load.ts")).loadCpu();
  }
}
