import { ensureTensorflow } from "./tensorflow/provision.ts";
import type { ProvisionOptions, TensorflowStatus } from "./types.ts";

/**
 * Sets up the native parts, for `kaayko setup`: TensorFlow with or without CUDA. Never throws for what the machine lacks;
 * the status says what, and that neural models run on wasm meanwhile.
 */
export async function setupBackends(options: ProvisionOptions = {}): Promise<TensorflowStatus> {
  const notify = options.notify ?? (() => {});
  const status = await ensureTensorflow(options);
  if (status.state === "ready")
    notify(
      `TensorFlow ${status.version} is ready${status.gpu ? " with CUDA" : ""}${status.source === "installed" ? " (tfjs-node's own)" : ""}.`,
    );
  else notify(`TensorFlow is not ready: ${status.reason}. ${status.remedy ?? ""} Neural models run on wasm meanwhile.`);
  return status;
}
