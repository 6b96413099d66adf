import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { hashJson, KaaykoError, sha256 } from "../core/index.ts";

const COMPILED = new Set([".ts", ".mts", ".js", ".mjs"]);
/** Files that one import tree may have, and bytes of each: more is not a file that a person wrote for this. */
const MAX_FILES = 100;
const MAX_BYTES = 4_000_000;

interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Imported files by the specifier in the text. */
  readonly imports: ReadonlyMap<string, string>;
}

/** What a user's module exports, and the hash of it and of what it imports. */
export interface UserModule {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly sha256: string;
}

/** Makes the error for a file that breaks a rule. */
export type RefuseModule = (rule: string, got: string, cause?: unknown) => KaaykoError;

/**
 * Loads a user's TypeScript or JavaScript module (`.ts .mts .js .mjs`). Its relative imports are found from where it lies, and so are
 * packages. Types are removed, not checked.
 *
 * @throws what `refuse` makes, where the file is missing, cannot be compiled or throws
 */
export async function loadUserModule(path: string, refuse: RefuseModule): Promise<UserModule> {
  const entry = resolve(path);
  const files = new Map<string, SourceFile>();
  await readTree(entry, refuse, files);
  const [first, ...others] = [...files.values()].map(({ text }) => sha256(text));
  const folder = await temporaryFolder(entry);
  try {
    const url = await writeTree(entry, files, folder);
    const module = (await import(/* @vite-ignore */ url)) as Record<string, unknown>;
    return { exports: { ...module }, sha256: others.length === 0 ? first! : hashJson([first, ...others]) };
  } catch (error) {
    const got = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw refuse("the file must load without errors", got, error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Reads a file and what it imports by relative paths, depth first in the order of the imports. */
async function readTree(path: string, refuse: RefuseModule, files: Map<string, SourceFile>): Promise<void> {
  if (files.has(path)) return;
  if (files.size >= MAX_FILES) throw refuse(`it may import ${MAX_FILES} files`, "more");
  if (!COMPILED.has(extname(path))) throw refuse("it must end in .ts, .mts, .js or .mjs", extname(path) || "no ending");
  const text = await compile(path, refuse);
  const imports = new Map<string, string>();
  files.set(path, { path, text, imports });
  for (const specifier of relativeImports(text)) {
    const target = await findImport(path, specifier);
    if (target === null) throw refuse("what it imports must exist", JSON.stringify(specifier));
    imports.set(specifier, target);
    if (COMPILED.has(extname(target))) await readTree(target, refuse, files);
  }
}

async function compile(path: string, refuse: RefuseModule): Promise<string> {
  const text = await readSource(path, refuse);
  if (![".ts", ".mts"].includes(extname(path))) return text;
  const { transform } = await import("sucrase");
  try {
    return transform(text, { transforms: ["typescript"], filePath: path, disableESTransforms: true }).code;
  } catch (error) {
    throw refuse("it must be valid TypeScript", (error as Error).message, error);
  }
}

async function readSource(path: string, refuse: RefuseModule): Promise<string> {
  try {
    if ((await stat(path)).size > MAX_BYTES) throw refuse(`it may have ${MAX_BYTES} bytes`, "more");
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof KaaykoError) throw error;
    throw refuse("the file must be readable", (error as NodeJS.ErrnoException).code ?? String(error), error);
  }
}

const IMPORT = /(\bfrom\s*|\bimport\s*\(?\s*)(["'])(\.{1,2}\/[^"'\n]+)\2/g;

function relativeImports(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  return [...new Set([...code.matchAll(IMPORT)].map((match) => match[3]!))];
}

/** The file that a relative import means: as written, or TypeScript behind a `.js` or no ending. */
async function findImport(from: string, specifier: string): Promise<string | null> {
  const target = resolve(dirname(from), specifier);
  const candidates = [
    target,
    target.replace(/\.(m?)js$/, ".$1ts"),
    ...[".ts", ".mts", ".js", ".mjs"].map((end) => target + end),
  ];
  for (const candidate of candidates) {
    const found = await stat(candidate).catch(() => null);
    if (found?.isFile()) return candidate;
  }
  return null;
}

/** Writes the compiled files side by side and returns the URL of the first. */
async function writeTree(entry: string, files: ReadonlyMap<string, SourceFile>, folder: string): Promise<string> {
  const names = new Map([...files.keys()].map((path, i) => [path, `module${i}.mjs`]));
  for (const { path, text, imports } of files.values()) {
    const rewritten = text.replace(IMPORT, (whole, start: string, quote: string, specifier: string) => {
      const target = imports.get(specifier);
      if (target === undefined) return whole;
      const name = names.get(target);
      return `${start}${quote}${name === undefined ? pathToFileURL(target).href : `./${name}`}${quote}`;
    });
    await writeFile(join(folder, names.get(path)!), rewritten);
  }
  return pathToFileURL(join(folder, names.get(entry)!)).href;
}

/** A folder from which packages are found as from the file itself: under its nearest `node_modules`, else the system's. */
async function temporaryFolder(entry: string): Promise<string> {
  for (let folder = dirname(entry); ; folder = dirname(folder)) {
    const modules = join(folder, "node_modules");
    if ((await stat(modules).catch(() => null))?.isDirectory()) {
      try {
        await mkdir(join(modules, ".cache"), { recursive: true });
        return await mkdtemp(join(modules, ".cache", "kaayko-module-"));
      } catch {
        break; // Not writable: packages cannot be found then, files can.
      }
    }
    if (folder === dirname(folder)) break;
  }
  return mkdtemp(join(tmpdir(), "kaayko-module-"));
}
