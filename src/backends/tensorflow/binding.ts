import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { KaaykoError } from "../../core/index.ts";
import { runCommand } from "../run-command.ts";
import { findCompiler, nodeHeaders } from "./compiler.ts";
import { bindingKey, libraryNames } from "./parts.ts";
import { probeBinding } from "./probe.ts";
import { writeStamp } from "./stamps.ts";
import type { ProvisionContext } from "./wheel.ts";

/**
 * Compiles tfjs-node's own binding against the libraries, tries it, and publishes it with its stamp. It speaks N-API: the
 * same file serves every Node that we support.
 *
 * @throws KaaykoError where the compiler or Node's headers are missing, or the result does not work
 */
export async function provideBinding(context: ProvisionContext, tfjsNode: string): Promise<void> {
  const { folders } = context;
  const key = bindingKey(tfjsNode);
  const name = `tfjs_binding-${key}.node`;
  const temporary = join(folders.bindings, `compiling-${name}`);
  mkdirSync(folders.bindings, { recursive: true });
  rmSync(join(folders.bindings, `${key}.json`), { force: true });
  await compile(context, tfjsNode, temporary);
  const probe = await probeBinding(temporary);
  if (probe.version === null)
    throw failure(
      `the compiled binding must load, and ${probe.reason}`,
      "Run kaayko setup --force; if it fails again, --backend wasm works without it.",
    );
  const bytes = readFileSync(temporary);
  renameSync(temporary, join(folders.bindings, name));
  writeStamp(join(folders.bindings, `${key}.json`), {
    version: probe.version,
    files: { [name]: { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") } },
  });
}

async function compile(context: ProvisionContext, tfjsNode: string, output: string): Promise<void> {
  const compiler = await findCompiler();
  if (compiler === null) throw failure("a C++ compiler is needed, and there is none", compilerRemedy());
  const headers = nodeHeaders();
  if (headers === null)
    throw failure("the headers of Node's native interface are missing", "Run npm ci --ignore-scripts.");
  const begin = performance.now();
  context.onProgress({ phase: "compile", seconds: 0 });
  const result = await runCommand(compiler.command, compileArguments(context, tfjsNode, headers, output), {
    onStart: context.onChild,
  });
  context.onChild(undefined);
  context.onProgress({ phase: "compile", seconds: (performance.now() - begin) / 1000 });
  if (result.code !== 0) {
    const line =
      result.stderr.split("\n").find((text) => /error/i.test(text)) ?? result.stderr.trim().split("\n").at(-1);
    throw failure(
      `compiling the binding must work; ${compiler.command} says: ${(line ?? "nothing").trim().slice(0, 240)}`,
      compilerRemedy(),
    );
  }
}

function compileArguments(context: ProvisionContext, tfjsNode: string, headers: string, output: string): string[] {
  const { site, bindings } = context.folders;
  const libraries = join(site, "tensorflow");
  const mac = process.platform === "darwin";
  // Found beside the binding wherever the cache folder is moved to.
  const runPath = `${mac ? "@loader_path" : "$ORIGIN"}/${relative(bindings, libraries)}`;
  return [
    ...["-std=c++17", "-O2", "-shared", "-fPIC", "-DNAPI_VERSION=8", "-w"],
    ...["-I", headers, "-I", join(libraries, "include")],
    ...[join(tfjsNode, "binding", "tfjs_backend.cc"), join(tfjsNode, "binding", "tfjs_binding.cc")],
    ...["-o", output],
    ...libraryNames().map((name) => join(libraries, name)),
    `-Wl,-rpath,${runPath}`,
    ...(mac ? ["-undefined", "dynamic_lookup"] : []),
  ];
}

function failure(rule: string, remedy: string): KaaykoError {
  return new KaaykoError({ action: "set up TensorFlow", rule, remedy });
}

export function compilerRemedy(): string {
  return process.platform === "darwin"
    ? "Run xcode-select --install, then kaayko setup."
    : "Install g++ (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++), then run kaayko setup.";
}
