// A Python with Keras and PyTorch in a folder of its own, made once by pip.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PACKAGES = { keras: ["tensorflow-cpu==2.21.0"], torch: ["torch"] };
const MODULES = { keras: "tensorflow", torch: "torch" };
/** Where PyTorch without CUDA lies; the usual index has it with CUDA only, which works as well and is larger. */
const TORCH_INDEX = "https://download.pytorch.org/whl/cpu";

export function preparePython(peers) {
  const folder = process.env.KAAYKO_BENCH_VENV ?? join(tmpdir(), "kaayko-bench-peers");
  const python = join(folder, "bin", "python");
  if (!existsSync(python)) execFileSync("python3", ["-m", "venv", folder], { stdio: "inherit" });
  for (const peer of peers) {
    if (spawnSync(python, ["-c", `import ${MODULES[peer]}`], { stdio: "ignore" }).status === 0) continue;
    const install = (...more) =>
      spawnSync(python, ["-m", "pip", "install", "-q", "--retries", "0", ...more, ...PACKAGES[peer]], {
        stdio: "inherit",
      }).status;
    if (peer === "torch" && install("--index-url", TORCH_INDEX) === 0) continue;
    if (install() !== 0) throw new Error(`pip could not install ${peer}; name a Python that has it`);
  }
  return python;
}
