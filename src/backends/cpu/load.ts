import { createRequire } from "node:module";
import { join } from "node:path";
import type * as tfjs from "@tensorflow/tfjs-core";
import { KaaykoError } from "../../core/index.ts";
import type { Backend } from "../backend.ts";
import { packageFolder } from "../package-folder.ts";

/** Loads tfjs' plain JavaScript backend: slow, but it runs wherever Node runs. */
export async function loadCpu(): Promise<Backend> {
  const folder = packageFolder("@tensorflow/tfjs-backend-cpu");
  if (folder === null)
    throw new KaaykoError({
      action: "use the backend cpu",
      rule: "the package @tensorflow/tfjs-backend-cpu must be installed",
      remedy: "Run npm ci --ignore-scripts.",
    });
  const require = createRequire(join(folder, "package.json"));
  const tf = require("@tensorflow/tfjs-core") as typeof tfjs;
  const { version_cpu: version } = require("@tensorflow/tfjs-backend-cpu") as { version_cpu: string };
  // What it says about a faster backend is said better by us.
  tf.env().set("IS_TEST", true);
  await tf.setBackend("cpu");
  const current = (): typeof tfjs => {
    if (tf.getBackend() !== "cpu") tf.setBackend("cpu");
    return tf;
  };
  return { name: "cpu", version, threads: 1, tf: current, tensorflow: null };
}
