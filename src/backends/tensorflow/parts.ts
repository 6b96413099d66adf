import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../cache-folder.ts";
import { packageFolder } from "../package-folder.ts";

/** The TensorFlow that our binding is compiled against; raised by hand, with a run of the tests. */
export const TENSORFLOW_VERSION = "2.21.0";
/** What pip is asked for: the libraries in a wheel do not depend on Python, so any Python may fetch this one. */
export const WHEEL_PYTHON = "3.12";

/** Headers that tfjs-node's binding includes, by their place in the wheel's include folder. */
const HEADERS = [
  ...["c_api", "c_api_macros", "tf_attrtype", "tf_buffer", "tf_datatype", "tf_status", "tf_tensor", "tf_tstring"].map(
    (name) => `tensorflow/c/${name}.h`,
  ),
  "tensorflow/c/eager/c_api.h",
  "tensorflow/core/platform/ctstring.h",
  "tensorflow/core/platform/ctstring_internal.h",
  "tsl/platform/ctstring.h",
  "tsl/platform/ctstring_internal.h",
  "xla/tsl/c/tsl_status.h",
];

/** Shared libraries by platform: those that the binding is linked with. */
export function libraryNames(os: string = platform()): readonly string[] {
  return os === "darwin"
    ? ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"]
    : ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];
}

/** Files that are taken out of the wheel. */
export function wheelMembers(os: string = platform()): readonly string[] {
  return [
    ...libraryNames(os).map((name) => `tensorflow/${name}`),
    ...HEADERS.map((header) => `tensorflow/include/${header}`),
  ];
}

/** The wheel's name: the one without CUDA is smaller where it exists. */
export function wheelName(gpu: boolean, os: string = platform(), cpu: string = arch()): string {
  return !gpu && os === "linux" && cpu === "x64" ? "tensorflow-cpu" : "tensorflow";
}

/** True where the wheel holds libraries that a binding can be linked with. */
export function isSupportedPlatform(os: string = platform(), cpu: string = arch()): boolean {
  return (os === "linux" && (cpu === "x64" || cpu === "arm64")) || (os === "darwin" && cpu === "arm64");
}

/** Everything that one variant of TensorFlow takes up. */
export interface TensorflowFolders {
  readonly root: string;
  /** Laid out as in Python's site-packages, because the libraries find CUDA's beside themselves. */
  readonly site: string;
  /** Written last: what is in `site`, with sizes and hashes. */
  readonly stamp: string;
  readonly bindings: string;
  readonly locks: string;
}

export function tensorflowFolders(gpu: boolean, cache: string = cacheFolder()): TensorflowFolders {
  const name = `${TENSORFLOW_VERSION}-${gpu ? "gpu" : "cpu"}-${platform()}-${arch()}`;
  const root = join(cache, "tensorflow", name);
  return {
    root,
    site: join(root, "site"),
    stamp: join(root, "site", "complete.json"),
    bindings: join(root, "bindings"),
    locks: join(cache, "tensorflow", `${name}.lock`),
  };
}

/** tfjs-node, or its twin for GPUs, which is the same JavaScript. */
export function tfjsNodeFolder(): string | null {
  return packageFolder("@tensorflow/tfjs-node-gpu") ?? packageFolder("@tensorflow/tfjs-node");
}

/** A native module of ours that keeps TensorFlow from talking while it is loaded. */
export const QUIET_SOURCE = fileURLToPath(new URL("../../../tools/quiet-stderr.cc", import.meta.url));

/** A name for the binding that changes with its sources. */
export function bindingKey(tfjsNode: string): string {
  const folder = join(tfjsNode, "binding");
  const hash = createHash("sha256").update(readFileSync(QUIET_SOURCE));
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest("hex").slice(0, 16);
}
