import { diagnose, setupBackends } from "../../backends/index.ts";
import type { BackendService } from "../services.ts";

/** TensorFlow and its like. */
export const backendService: BackendService = {
  diagnose,
  async setup({ gpu, force }, observer) {
    observer.stage("set up", 0, 1);
    const status = await setupBackends({
      gpu,
      force,
      notify: (message) => observer.notice(message),
      onProgress: ({ phase, doneBytes, totalBytes, seconds }) =>
        observer.progress({
          stage: phase,
          seconds,
          report: {
            done: false,
            step: Math.round((doneBytes ?? 0) / 1e6),
            unit: "MB",
            ...(totalBytes === undefined ? {} : { total: Math.max(1, Math.round(totalBytes / 1e6)) }),
          },
        }),
    });
    const { state, version, gpu: withGpu, reason, remedy } = status;
    const summary =
      state === "ready"
        ? `TensorFlow ${version ?? ""} is ready${withGpu ? " with CUDA" : ""}.`
        : `TensorFlow is not ready: ${reason ?? "unknown reason"}. ${remedy ?? ""} Neural models run on wasm meanwhile.`;
    return { ready: state === "ready", version, gpu: withGpu, summary };
  },
};
