import { mkdirSync } from "node:fs";
import { KaaykoError } from "../../core/index.ts";
import { acquireExclusive } from "../exclusive.ts";
import type { ProvisionOptions, TensorflowStatus } from "../types.ts";
import { compilerRemedy, provideBinding } from "./binding.ts";
import { findCompiler } from "./compiler.ts";
import { isSupportedPlatform, tensorflowFolders, tfjsNodeFolder } from "./parts.ts";
import { findPython, type Python } from "./python.ts";
import { firstDamaged, readStamp, stampedFiles } from "./stamps.ts";
import { cachedStatus, notReady, probeInstalled, tensorflowStatus } from "./status.ts";
import { type ProvisionContext, provideLibraries } from "./wheel.ts";

/**
 * Makes TensorFlow ready, doing only what is missing: takes a tfjs-node that already works as it is; otherwise fetches the
 * official wheel through pip, keeps its libraries in the cache folder and compiles tfjs-node's binding against them. One
 * process at a time; whatever an earlier one left half done is done again.
 *
 * Never throws for what is missing on the machine: the status then says what, in one line, and how to mend it.
 */
export async function ensureTensorflow(options: ProvisionOptions = {}): Promise<TensorflowStatus> {
  const gpu = options.gpu ?? false;
  const notify = options.notify ?? (() => {});
  const tfjsNode = tfjsNodeFolder();
  if (tfjsNode === null) return tensorflowStatus();
  await probeInstalled(tfjsNode);
  const before = tensorflowStatus(gpu || undefined);
  if (before.state === "ready" && !options.force) return before;
  if (!isSupportedPlatform())
    return notReady(
      "missing",
      `TensorFlow's wheel holds no libraries to link with on ${process.platform} ${process.arch}`,
      "Run npm rebuild @tensorflow/tfjs-node to fetch its own binding, or use --backend wasm.",
    );
  const needs = await missingTools();
  if ("state" in needs) return needs;
  try {
    await provision(needs.python, tfjsNode, gpu, notify, options);
  } catch (error) {
    if (!(error instanceof KaaykoError)) return notReady("missing", (error as Error).message.split("\n")[0]!);
    return notReady("missing", error.message.replace(/^Cannot set up TensorFlow: /, ""), error.remedy);
  }
  return cachedStatus(tfjsNode, gpu);
}

/** Python with pip and a compiler, or what of them is missing: seen before 274 MB are fetched for nothing. */
async function missingTools(): Promise<{ python: Python } | TensorflowStatus> {
  const python = await findPython();
  if (python === null)
    return notReady(
      "missing",
      "Python 3.9 or newer is needed to fetch TensorFlow, and there is none",
      "Install Python 3 with pip, then run kaayko setup.",
    );
  if (!python.pip)
    return notReady(
      "missing",
      `Python ${python.version} has no pip`,
      "Install pip (Debian, Ubuntu: apt install python3-pip), then run kaayko setup.",
    );
  if ((await findCompiler()) === null)
    return notReady("missing", "a C++ compiler is needed, and there is none", compilerRemedy());
  return { python };
}

async function provision(
  python: Python,
  tfjsNode: string,
  gpu: boolean,
  notify: (message: string) => void,
  options: ProvisionOptions,
): Promise<void> {
  const folders = tensorflowFolders(gpu);
  mkdirSync(folders.root, { recursive: true });
  const lock = await acquireExclusive(folders.locks, (pid) =>
    notify(`Waiting for process ${pid}, which is setting up TensorFlow.`),
  );
  try {
    // Somebody else may have done it while we waited.
    if (!options.force && cachedStatus(tfjsNode, gpu).state === "ready") return;
    const context: ProvisionContext = {
      folders,
      gpu,
      python,
      notify,
      onProgress: options.onProgress ?? (() => {}),
      onChild: (pid) => lock.setHelper(pid),
    };
    if (options.force || !hasLibraries(folders)) {
      notify(`Fetching TensorFlow (${gpu ? "572 MB and CUDA's libraries" : "274 MB"}), once.`);
      await provideLibraries(context);
    }
    notify("Compiling TensorFlow's binding (about 10 s).");
    await provideBinding(context, tfjsNode);
  } finally {
    lock.release();
  }
}

function hasLibraries(folders: ProvisionContext["folders"]): boolean {
  const stamp = readStamp(folders.stamp);
  const files = stamp === null ? null : stampedFiles(stamp);
  return files !== null && firstDamaged(folders.site, files) === null;
}
