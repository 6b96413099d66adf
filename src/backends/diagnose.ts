import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Backend } from "./backend.ts";
import { packageFolder } from "./package-folder.ts";
import { compilerRemedy } from "./tensorflow/binding.ts";
import { findCompiler } from "./tensorflow/compiler.ts";
import { probeBinding } from "./tensorflow/probe.ts";
import { findPython } from "./tensorflow/python.ts";
import { tensorflowStatus } from "./tensorflow/status.ts";
import type { Diagnosis } from "./types.ts";

/**
 * Runs every part once and says what is wrong and how to mend it, for `kaayko doctor`. Loads TensorFlow only in a process of
 * its own. A few seconds.
 */
export async function diagnose(): Promise<Diagnosis[]> {
  return [
    diagnoseNode(),
    diagnosePackages(),
    diagnoseKernels(),
    await diagnosePython(),
    await diagnoseCompiler(),
    await diagnoseTensorflow(),
    await diagnoseTfjs("wasm", async () => (await import("./wasm/load.ts")).loadWasm()),
    await diagnoseTfjs("cpu", async () => (await import("./cpu/load.ts")).loadCpu()),
  ];
}

function diagnoseNode(): Diagnosis {
  const [major] = process.versions.node.split(".").map(Number);
  const part = { part: "node", version: process.versions.node, required: true };
  if (major! >= 20)
    return { ...part, state: "ok", detail: `${process.platform} ${process.arch}, N-API ${process.versions.napi}` };
  return {
    ...part,
    state: "broken",
    detail: "Node 20 or newer is needed",
    remedy: "Install a current Node from nodejs.org.",
  };
}

const PACKAGES = [
  "commander",
  "hyparquet",
  "hyparquet-compressors",
  "hyparquet-writer",
  "apache-arrow",
  "zod",
  "sucrase",
];

function diagnosePackages(): Diagnosis {
  const missing = PACKAGES.filter((name) => packageFolderByEntry(name) === null);
  const part = { part: "packages", version: null, required: true };
  if (missing.length === 0) return { ...part, state: "ok", detail: `${PACKAGES.length} packages found` };
  return {
    ...part,
    state: "missing",
    detail: `not installed: ${missing.join(", ")}`,
    remedy: "Run npm ci --ignore-scripts.",
  };
}

/** Like `packageFolder`, also for packages that do not export their package.json. */
function packageFolderByEntry(name: string): string | null {
  try {
    return import.meta.resolve(name);
  } catch {
    return packageFolder(name);
  }
}

/** A module with a shared memory and one vector instruction: what our kernels need of the engine. */
const SIMD_AND_THREADS = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 5, 4, 1, 3, 1, 1],
  ...[10, 9, 1, 7, 0, 65, 0, 253, 17, 26, 11],
);

function diagnoseKernels(): Diagnosis {
  const { WebAssembly: engine } = globalThis as unknown as { WebAssembly: { validate(bytes: Uint8Array): boolean } };
  const part = { part: "webassembly", version: process.versions.v8, required: true };
  if (engine.validate(SIMD_AND_THREADS)) return { ...part, state: "ok", detail: "SIMD and threads" };
  return {
    ...part,
    state: "broken",
    detail: "no SIMD or no threads",
    remedy: "Use a machine and a Node that have WebAssembly SIMD.",
  };
}

async function diagnosePython(): Promise<Diagnosis> {
  const python = await findPython();
  const part = { part: "python", version: python?.version ?? null, required: false };
  if (python?.pip) return { ...part, state: "ok", detail: `${python.command} with pip` };
  return {
    ...part,
    state: "missing",
    detail: python === null ? "no Python 3.9 or newer; it is needed once, to fetch TensorFlow" : "Python has no pip",
    remedy: "Install Python 3 with pip, then run kaayko setup.",
  };
}

async function diagnoseCompiler(): Promise<Diagnosis> {
  const compiler = await findCompiler();
  const part = { part: "compiler", version: compiler?.version.match(/\d+\.\d+(\.\d+)?/)?.[0] ?? null, required: false };
  if (compiler !== null) return { ...part, state: "ok", detail: compiler.version };
  return {
    ...part,
    state: "missing",
    detail: "no C++ compiler; it is needed once, for TensorFlow",
    remedy: compilerRemedy(),
  };
}

async function diagnoseTensorflow(): Promise<Diagnosis> {
  const status = tensorflowStatus();
  const part = { part: "tensorflow", version: status.version, required: false };
  if (status.state !== "ready" || status.binding === null)
    return {
      ...part,
      state: status.state === "broken" ? "broken" : "missing",
      detail: `${status.reason}; neural models run on wasm`,
      remedy: status.remedy ?? "Run kaayko setup.",
    };
  const probe = await probeBinding(status.binding);
  if (probe.version === null)
    return {
      ...part,
      state: "broken",
      detail: probe.reason ?? "it does not work",
      remedy: "Run kaayko setup --force.",
    };
  const origin = status.source === "installed" ? "tfjs-node's own binding" : "our binding";
  return {
    ...part,
    version: probe.version,
    state: "ok",
    detail: `${origin}, ${probe.gpu ? "on a GPU" : "on the CPU"}; a product of matrices is right`,
  };
}

async function diagnoseTfjs(name: "wasm" | "cpu", load: () => Promise<Backend>): Promise<Diagnosis> {
  const part = { part: `backend ${name}`, required: false };
  try {
    const backend = await load();
    const tf = backend.tf();
    const values = tf.tidy(() =>
      tf
        .matMul(
          [
            [1, 2],
            [3, 4],
          ],
          [
            [1, 2],
            [3, 4],
          ],
        )
        .dataSync(),
    );
    if (values.join() === "7,10,15,22")
      return { ...part, version: backend.version, state: "ok", detail: "a product of matrices is right" };
    return {
      ...part,
      version: backend.version,
      state: "broken",
      detail: `a product of matrices came out as ${values.join(", ")}`,
    };
  } catch (error) {
    return {
      ...part,
      version: installedVersion(name),
      state: "missing",
      detail: (error as Error).message,
      remedy: "Run npm ci --ignore-scripts.",
    };
  }
}

function installedVersion(name: string): string | null {
  const folder = packageFolder(`@tensorflow/tfjs-backend-${name}`);
  if (folder === null) return null;
  return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version;
}
