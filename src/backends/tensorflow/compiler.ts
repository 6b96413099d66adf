import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { packageFolder } from "../package-folder.ts";
import { runCommand } from "../run-command.ts";

export interface Compiler {
  readonly command: string;
  readonly version: string;
}

/** Finds a C++ compiler: `CXX`, then g++, clang++ and c++; null where none answers. */
export async function findCompiler(): Promise<Compiler | null> {
  const candidates = [process.env.CXX, "g++", "clang++", "c++"].filter((name) => name !== undefined && name !== "");
  for (const command of candidates as string[]) {
    const { code, stdout } = await runCommand(command, ["--version"], { timeoutMs: 30_000 });
    if (code === 0) return { command, version: stdout.split("\n")[0]!.trim() };
  }
  return null;
}

/** The folder of `node_api.h`: from the package node-api-headers, or beside Node itself; null where neither has it. */
export function nodeHeaders(): string | null {
  const bundled = packageFolder("node-api-headers");
  const folders = [
    ...(bundled === null ? [] : [join(bundled, "include")]),
    resolve(process.execPath, "..", "..", "include", "node"),
    resolve(process.execPath, "..", "include", "node"),
  ];
  return folders.find((folder) => existsSync(join(folder, "node_api.h"))) ?? null;
}
