/** What neural models run on, fastest first. */
export type BackendName = "tensorflow" | "wasm" | "cpu";
export const BACKEND_NAMES: readonly BackendName[] = ["tensorflow", "wasm", "cpu"];

/** Whether TensorFlow can be used, and from where. */
export interface TensorflowStatus {
  readonly state: "ready" | "missing" | "broken";
  /** `installed`: a tfjs-node that came with its own binding; `cache`: the one that we set up. Null unless ready. */
  readonly source: "installed" | "cache" | null;
  /** TensorFlow's version, where known. */
  readonly version: string | null;
  readonly gpu: boolean;
  /** The native binding's file. Null unless ready. */
  readonly binding: string | null;
  /** Why it is not ready: one line. */
  readonly reason?: string;
  /** What to do about it: one sentence. */
  readonly remedy?: string;
}

export interface ProvisionOptions {
  /** Take the wheel with CUDA kernels. Default false. */
  readonly gpu?: boolean;
  /** Told what happens, a line each. Default nobody. */
  readonly notify?: (message: string) => void;
  /** Told how far a long part is. Default nobody. */
  readonly onProgress?: (progress: ProvisionProgress) => void;
  /** Set up again although it seems whole. Default false. */
  readonly force?: boolean;
}

export interface ProvisionProgress {
  readonly phase: "wait" | "download" | "extract" | "compile" | "check";
  readonly doneBytes?: number;
  readonly totalBytes?: number;
  /** Since this phase began. */
  readonly seconds: number;
}

/** The state of one part of the installation, as `kaayko doctor` shows it. */
export interface Diagnosis {
  /** "node", "python", "tensorflow", … */
  readonly part: string;
  readonly version: string | null;
  readonly state: "ok" | "missing" | "broken";
  /** What was seen: one line. */
  readonly detail: string;
  /** How to mend it; absent where nothing is to be done. */
  readonly remedy?: string;
  /** False where nothing that a user needs depends on it (TensorFlow: mlp then runs on wasm). */
  readonly required: boolean;
}
