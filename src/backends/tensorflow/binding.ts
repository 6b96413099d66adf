import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { type JsonObject, KaaykoError } from "../../core/index.ts";
import { runCommand } from "../run-command.ts";
import { findCompiler, nodeHeaders } from "./compiler.ts";
import { bindingKey, libraryNames, QUIET_SOURCE } from "./parts.ts";
import { probeBinding } from "./probe.ts";
import { writeStamp } from "./stamps.ts";
import type { ProvisionContext } from "./wheel.ts";

/**
 * Compiles tfjs-node's own binding against the libraries, with a small module of ours beside it, tries it, and stamps it. It
 * speaks N-API: the same file serves every Node that we support.
 *
 * @throws KaaykoError where the compiler or Node's headers are missing, or the result does not work
 */
export async function provideBinding(context: ProvisionContext, tfjsNode: string): Promise<void> {
  const { folders } = context;
  const key = bindingKey(tfjsNode);
  mkdirSync(folders.bindings, { recursive: true });
  rmSync(join(folders.bindings, `${key}.json`), { force: true });
  const tools = await compilerWithHeaders();
  const begin = performance.now();
  context.onProgress({ phase: "compile", seconds: 0 });
  // The binding comes first: the stamp's first file is what gets loaded.
  const files = {
    ...(await compile(context, tools, `tfjs_binding-${key}.node`, bindingArguments(context, tfjsNode))),
    ...(await compile(context, tools, `quiet-${key}.node`, QUIET_ARGUMENTS)),
  };
  context.onProgress({ phase: "compile", seconds: (performance.now() - begin) / 1000 });
  const probe = await probeBinding(join(folders.bindings, Object.keys(files)[0]!));
  if (probe.version === null)
    throw failure(
      `the compiled binding must load, and ${probe.reason}`,
      "Run kaayko setup --force; if it fails again, --backend wasm works without it.",
    );
  writeStamp(join(folders.bindings, `${key}.json`), { version: probe.version, files });
}

async function compilerWithHeaders(): Promise<{ command: string; headers: string }> {
  const compiler = await findCompiler();
  if (compiler === null) throw failure("a C++ compiler is needed, and there is none", compilerRemedy());
  const headers = nodeHeaders();
  if (headers === null)
    throw failure("the headers of Node's native interface are missing", "Run npm ci --ignore-scripts.");
  return { command: compiler.command, headers };
}

/** Compiles one native module under a temporary name and gives it its own when it is whole. */
async function compile(
  context: ProvisionContext,
  tools: { command: string; headers: string },
  name: string,
  args: readonly string[],
): Promise<JsonObject> {
  const temporary = join(context.folders.bindings, `compiling-${name}`);
  const common = ["-std=c++17", "-O2", "-shared", "-fPIC", "-DNAPI_VERSION=8", "-w", "-I", tools.headers];
  const mac = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : [];
  const result = await runCommand(tools.command, [...common, ...args, ...mac, "-o", temporary], {
    onStart: context.onChild,
  });
  context.onChild(undefined);
  if (result.code !== 0) {
    const lines = result.stderr.trim().split("\n");
    const line = lines.find((text) => /error/i.test(text)) ?? lines.at(-1)!;
    throw failure(
      `compiling the binding must work; ${tools.command} says: ${line.trim().slice(0, 240) || "nothing"}`,
      compilerRemedy(),
    );
  }
  const bytes = readFileSync(temporary);
  renameSync(temporary, join(context.folders.bindings, name));
  return { [name]: { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") } };
}

const QUIET_ARGUMENTS = [QUIET_SOURCE];

function bindingArguments(context: ProvisionContext, tfjsNode: string): string[] {
  const { site, bindings } = context.folders;
  const libraries = join(site, "tensorflow");
  // Found beside the binding wherever the cache folder is moved to.
  const origin = process.platform === "darwin" ? "@loader_path" : "$ORIGIN";
  return [
    ...["-I", join(libraries, "include")],
    ...[join(tfjsNode, "binding", "tfjs_backend.cc"), join(tfjsNode, "binding", "tfjs_binding.cc")],
    ...libraryNames().map((name) => join(libraries, name)),
    `-Wl,-rpath,${origin}/${relative(bindings, libraries)}`,
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
