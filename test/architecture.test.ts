import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SRC = fileURLToPath(new URL("../src/", import.meta.url));

/** Who may import whom, type-only imports too. The table in docs/architecture.md is a copy of this one. */
const ALLOWED: Record<string, readonly string[]> = {
  core: [],
  storage: ["core"],
  parallel: ["core"],
  metrics: ["core"],
  backends: ["core"],
  kernels: ["core", "parallel"],
  data: ["core", "storage", "parallel", "kernels"],
  features: ["core", "data", "parallel", "kernels"],
  algorithms: ["core", "metrics", "parallel", "kernels", "backends"],
  checkpoints: ["core", "storage"],
  models: ["core", "storage", "data", "features", "algorithms"],
  recipes: ["core", "data", "features", "metrics"],
  training: ["core", "data", "features", "metrics", "models"],
  peers: ["core"],
  jobs: ["core", "storage"],
  reports: ["core", "metrics", "models"],
  library: ["core", "features", "algorithms", "models"],
  serving: ["core", "storage", "parallel", "data", "metrics", "models", "jobs"],
};

/** What the CLI reads of a room without the rest of it: all that a command needs before its first line. */
const LEAVES = ["reports/text/index.ts", "training/settings/index.ts", "training/settings/folders.ts"];

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "assembly" ? [] : sourceFiles(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

const files = sourceFiles(SRC);
const imports = new Map(files.map((file) => [file, importsOf(file)]));

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const found = text.matchAll(
    /(?:^|[\s;])(?:import|export)\b[^'";]*?from\s*["'](\.[^"']+)["']|\bimport\(\s*["'](\.[^"']+)["']\s*\)|^import\s+["'](\.[^"']+)["']/gm,
  );
  return [...found].map((match) => resolve(dirname(file), (match[1] ?? match[2] ?? match[3])!));
}

function roomOf(file: string): string {
  const [first, ...rest] = relative(SRC, file).split(sep);
  return rest.length === 0 ? "index.ts" : first!;
}

describe("the architecture", () => {
  it("has a rule for every room", () => {
    const rooms = new Set(files.map(roomOf));
    for (const room of rooms) expect([...Object.keys(ALLOWED), "cli", "index.ts"], room).toContain(room);
  });

  it("lets a room import only the rooms that it may", () => {
    const broken: string[] = [];
    for (const [file, targets] of imports) {
      const room = roomOf(file);
      const allowed = ALLOWED[room];
      if (allowed === undefined) continue;
      for (const target of targets) {
        const other = roomOf(target);
        if (other !== room && !allowed.includes(other))
          broken.push(`${relative(SRC, file)} → ${relative(SRC, target)}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it("lets the CLI and the library see other rooms only through their index.ts, and some leaves", () => {
    const broken: string[] = [];
    for (const [file, targets] of imports) {
      const room = roomOf(file);
      if (room !== "cli" && room !== "index.ts") continue;
      for (const target of targets) {
        const path = relative(SRC, target).split(sep);
        const isOpen = (path.length === 2 && path[1] === "index.ts") || LEAVES.includes(path.join("/"));
        if (path[0] !== "cli" && path.length > 1 && !isOpen) broken.push(`${relative(SRC, file)} → ${path.join("/")}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it("has no import cycle", () => {
    const done = new Set<string>();
    const path: string[] = [];
    const cycles: string[] = [];
    const visit = (file: string): void => {
      if (done.has(file)) return;
      const at = path.indexOf(file);
      if (at >= 0) {
        cycles.push(
          path
            .slice(at)
            .map((step) => relative(SRC, step))
            .join(" → "),
        );
        return;
      }
      path.push(file);
      for (const target of imports.get(file) ?? []) visit(target);
      path.pop();
      done.add(file);
    };
    for (const file of files) visit(file);
    expect(cycles).toEqual([]);
  });

  it("names only files that exist", () => {
    const missing = [...imports].flatMap(([file, targets]) =>
      targets.filter((target) => !files.includes(target)).map((target) => `${relative(SRC, file)} → ${target}`),
    );
    expect(missing).toEqual([]);
  });
});
