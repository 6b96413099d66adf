import { createRequire } from "node:module";
import { join, sep } from "node:path";
import type * as tfjs from "@tensorflow/tfjs-core";
import { KaaykoError } from "../../core/index.ts";
import type { Backend } from "../backend.ts";
import { packageFolder } from "../package-folder.ts";

interface WasmPackage {
  setWasmPaths(folder: string): void;
  readonly version_wasm: string;
}

/** Loads tfjs' WebAssembly backend (one thread, SIMD where the machine has it). */
export async function loadWasm(): Promise<Backend> {
  const folder = packageFolder("@tensorflow/tfjs-backend-wasm");
  if (folder === null)
    throw new KaaykoError({
      action: "use the backend wasm",
      rule: "the package @tensorflow/tfjs-backend-wasm must be installed",
      remedy: "Run npm ci --ignore-scripts.",
    });
  const require = createRequire(join(folder, "package.json"));
  const tf = require("@tensorflow/tfjs-core") as typeof tfjs;
  const wasm = require("@tensorflow/tfjs-backend-wasm") as WasmPackage;
  wasm.setWasmPaths(join(folder, "dist") + sep);
  if (!(await tf.setBackend("wasm")))
    throw new KaaykoError({
      action: "use the backend wasm",
      rule: "its WebAssembly must start",
      remedy: "Use --backend cpu.",
    });
  const current = (): typeof tfjs => {
    if (tf.getBackend() !== "wasm") tf.setBackend("wasm");
    return tf;
  };
  return { name: "wasm", version: wasm.version_wasm, threads: 1, tf: current, tensorflow: null };
}
