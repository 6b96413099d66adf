import type * as tfjs from "@tensorflow/tfjs-core";
import type { Tensorflow } from "./tensorflow/load.ts";
import type { BackendName } from "./types.ts";

/** A backend, loaded into this process and ready to compute. */
export interface Backend {
  readonly name: BackendName;
  /** TensorFlow's version, or that of the tfjs backend: part of what decides the last bits of a result. */
  readonly version: string;
  /** Threads that compute. Only TensorFlow uses more than one. */
  readonly threads: number;
  /** tfjs-core with this backend made the current one. */
  readonly tf: () => typeof tfjs;
  /** The native side; only where `name` is `tensorflow`. */
  readonly tensorflow: Tensorflow | null;
}
