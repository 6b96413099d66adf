import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../cache-folder.ts";
import type { TensorflowStatus } from "../types.ts";
import { bindingKey, tensorflowFolders, tfjsNodeFolder } from "./parts.ts";
import { type ProbeResult, probeBinding } from "./probe.ts";
import { firstDamaged, readStamp, stampedFiles, writeStamp } from "./stamps.ts";

const SET_UP = "Run kaayko setup.";

/**
 * Whether TensorFlow is ready, from stamps and file sizes alone: a few milliseconds, nothing is loaded.
 *
 * @param gpu ask for the variant with CUDA; by default whichever is there, that one first
 */
export function tensorflowStatus(gpu?: boolean): TensorflowStatus {
  const folder = tfjsNodeFolder();
  if (folder === null)
    return notReady("missing", "the package @tensorflow/tfjs-node is not installed", "Run npm ci --ignore-scripts.");
  const installed = installedStatus(folder);
  if (installed !== null && (gpu !== true || installed.gpu)) return installed;
  if (gpu !== undefined) return cachedStatus(folder, gpu);
  const withGpu = cachedStatus(folder, true);
  return withGpu.state === "ready" ? withGpu : cachedStatus(folder, false);
}

export function notReady(state: "missing" | "broken", reason: string, remedy = SET_UP): TensorflowStatus {
  return { state, source: null, version: null, gpu: false, binding: null, reason, remedy };
}

/** The state of what we set up in the cache folder. */
export function cachedStatus(tfjsNode: string, gpu: boolean): TensorflowStatus {
  const folders = tensorflowFolders(gpu);
  const stamp = readStamp(folders.stamp);
  const files = stamp === null ? null : stampedFiles(stamp);
  if (stamp === null || files === null) return notReady("missing", "TensorFlow's libraries are not set up");
  const damage = firstDamaged(folders.site, files);
  if (damage !== null) return notReady("broken", `TensorFlow's libraries are damaged: ${damage}`);
  const key = bindingKey(tfjsNode);
  const bindingStamp = readStamp(join(folders.bindings, `${key}.json`));
  const bindingFiles = bindingStamp === null ? null : stampedFiles(bindingStamp);
  if (bindingStamp === null || bindingFiles === null || firstDamaged(folders.bindings, bindingFiles) !== null)
    return notReady("missing", "the native binding is not compiled");
  return {
    state: "ready",
    source: "cache",
    version: typeof bindingStamp.version === "string" ? bindingStamp.version : null,
    gpu,
    binding: join(folders.bindings, Object.keys(bindingFiles)[0]!),
  };
}

/** The binding that came with tfjs-node, if any: the one for the newest N-API. */
export function installedBinding(tfjsNode: string): string | null {
  const lib = join(tfjsNode, "lib");
  let folders: string[];
  try {
    folders = readdirSync(lib).filter((name) => /^napi-v\d+$/.test(name));
  } catch {
    return null;
  }
  folders.sort((a, b) => Number(b.slice(6)) - Number(a.slice(6)));
  for (const name of folders) {
    const file = join(lib, name, "tfjs_binding.node");
    if (statSync(file, { throwIfNoEntry: false }) !== undefined) return file;
  }
  return null;
}

/** What the last probe of tfjs-node's own binding said; null where there is no binding, no probe, or it does not work. */
function installedStatus(tfjsNode: string): TensorflowStatus | null {
  const binding = installedBinding(tfjsNode);
  const record = binding === null ? null : readStamp(probeRecord(binding));
  if (binding === null || record === null || typeof record.version !== "string") return null;
  return { state: "ready", source: "installed", version: record.version, gpu: record.gpu === true, binding };
}

/** Tries tfjs-node's own binding, once for each version of it and of Node, and remembers what came out. */
export async function probeInstalled(tfjsNode: string): Promise<ProbeResult | null> {
  const binding = installedBinding(tfjsNode);
  if (binding === null) return null;
  const known = readStamp(probeRecord(binding));
  if (known !== null)
    return {
      version: typeof known.version === "string" ? known.version : null,
      gpu: known.gpu === true,
      reason: typeof known.reason === "string" ? known.reason : null,
    };
  const result = await probeBinding(binding);
  mkdirSync(join(cacheFolder(), "tensorflow"), { recursive: true });
  writeStamp(probeRecord(binding), { ...result });
  return result;
}

/** Where the probe of this very file under this very Node is remembered. */
function probeRecord(binding: string): string {
  const { size, mtimeMs } = statSync(binding);
  const key = createHash("sha256")
    .update(`${binding} ${size} ${mtimeMs} ${process.version}`)
    .digest("hex")
    .slice(0, 16);
  return join(cacheFolder(), "tensorflow", `installed-${key}.json`);
}
