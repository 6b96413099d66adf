import { createRequire } from "node:module";
import { join } from "node:path";
import util from "node:util";
import type * as tfjs from "@tensorflow/tfjs-core";
import { KaaykoError } from "../../core/index.ts";
import type { Messages } from "./graph/messages.ts";
import { tfjsNodeFolder } from "./parts.ts";
import { tensorflowStatus } from "./status.ts";

/** A tensor as the native binding knows it. */
export interface NativeTensor {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

/** The part of tfjs-node's native binding that we call ourselves. */
export interface NativeBinding {
  createTensor(shape: readonly number[], dtype: number, values: Float32Array | Int32Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(id: number, inputs: readonly number[], inputNames: string, outputNames: string): NativeTensor[];
  getNumOfTensors(): number;
  isUsingGpuDevice(): boolean;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_Version: string;
}

/** TensorFlow, loaded into this process. */
export interface Tensorflow {
  readonly binding: NativeBinding;
  readonly version: string;
  /** Threads that one operation uses; fixed for the life of the process. */
  readonly threads: number;
  /** tfjs-core with TensorFlow as its backend; loaded when it is first asked for. */
  tf(): typeof tfjs;
  /** The protobuf classes that tfjs-node ships, for SavedModels. */
  messages(): unknown;
}

let loaded: Tensorflow | undefined;

/**
 * Loads TensorFlow into this process, from wherever it was set up; node_modules stays untouched. About 0.2 s.
 *
 * @param threads threads of one operation. TensorFlow reads them once: a second call with another number is refused, because
 *   results differ in their last bits. Only the main thread can set them.
 * @throws KaaykoError where TensorFlow is not set up, or is loaded with another number of threads
 */
export function loadTensorflow(threads: number): Tensorflow {
  if (loaded !== undefined) {
    if (loaded.threads === threads) return loaded;
    throw new KaaykoError({
      action: `use TensorFlow with ${threads} threads`,
      rule: "a process keeps the number that it started with",
      got: `${loaded.threads} threads before`,
      remedy: "Start a new process, or ask for the same number.",
    });
  }
  const status = tensorflowStatus();
  const folder = tfjsNodeFolder();
  if (status.state !== "ready" || status.binding === null || folder === null)
    throw new KaaykoError({
      action: "use the backend tensorflow",
      rule: status.reason ?? "it must be set up",
      ...(status.remedy === undefined ? {} : { remedy: status.remedy }),
    });
  prepareProcess(threads);
  const require = createRequire(join(folder, "package.json"));
  const binding = requireQuietly(require, status.binding);
  let core: typeof tfjs | undefined;
  loaded = {
    binding,
    version: binding.TF_Version,
    threads,
    tf: () => {
      core ??= registerBackend(require, binding);
      return core;
    },
    messages: () => require("./dist/proto/api_pb.js"),
  };
  return loaded;
}

/**
 * The protobuf classes that tfjs-node ships: enough to write a SavedModel, without TensorFlow itself.
 *
 * @throws KaaykoError where the package is not installed
 */
export function savedModelMessages(): Messages {
  const folder = tfjsNodeFolder();
  if (folder === null)
    throw new KaaykoError({
      action: "write a SavedModel",
      rule: "the package @tensorflow/tfjs-node must be installed",
      remedy: "Install kaayko with its optional packages.",
    });
  return createRequire(join(folder, "package.json"))("./dist/proto/api_pb.js") as Messages;
}

/** Threads of the TensorFlow that this process has loaded; null before. */
export function tensorflowThreads(): number | null {
  return loaded?.threads ?? null;
}

/** Loads the binding with standard error closed for that moment, where our own module for that lies beside it. */
function requireQuietly(require: NodeJS.Require, file: string): NativeBinding {
  const beside = file.replace(/tfjs_binding-(\w+\.node)$/, "quiet-$1");
  if (beside === file || process.env.TF_CPP_MIN_LOG_LEVEL === "0") return require(file) as NativeBinding;
  const quiet = require(beside) as { mute(): void; unmute(): void };
  quiet.mute();
  try {
    return require(file) as NativeBinding;
  } finally {
    quiet.unmute();
  }
}

/** What TensorFlow and tfjs-node read from the process when they are loaded. */
function prepareProcess(threads: number): void {
  process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  process.env.TF_NUM_INTEROP_THREADS = String(threads);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "3";
  // tfjs-node calls two functions that Node 23 took away, and that older ones warn about.
  const old = util as unknown as Record<string, unknown>;
  old.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  old.isArray = Array.isArray;
}

/** Does what tfjs-node's own entry does, with our binding instead of the one that it looks for beside itself. */
function registerBackend(require: NodeJS.Require, binding: NativeBinding): typeof tfjs {
  require("./dist/register_all_kernels.js");
  const { NodeJSKernelBackend } = require("./dist/nodejs_kernel_backend.js") as {
    NodeJSKernelBackend: new (binding: NativeBinding, name: string) => tfjs.KernelBackend;
  };
  const core = require("@tensorflow/tfjs-core") as typeof tfjs;
  core.registerBackend("tensorflow", () => new NodeJSKernelBackend(binding, "@tensorflow/tfjs-node"), 3);
  core.setBackend("tensorflow");
  return core;
}
