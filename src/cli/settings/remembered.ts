import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonValue } from "../../core/index.ts";
import { isObject } from "../../core/index.ts";
import type { Host } from "../terminal/host.ts";
import { cacheFolder } from "./folders.ts";

const FILE = "answers.json";
const FORMAT = 1;
const TIME_TO_LIVE_MILLISECONDS = 7 * 86_400_000;
const MAX_BYTES = 1_000_000;
const MAX_FOLDERS = 100;

type Answers = Readonly<Record<string, JsonValue>>;

/**
 * What was answered in this folder the last time, at most 7 days ago; empty where there is nothing. They are suggested, never
 * taken silently. A file that cannot be read is as good as none.
 */
export function recallAnswers(host: Host, now = Date.now()): Answers {
  const entry = readStore(host)[host.cwd];
  if (!isObject(entry) || typeof entry.savedAt !== "number" || !isObject(entry.answers)) return {};
  const age = now - entry.savedAt;
  return age >= 0 && age < TIME_TO_LIVE_MILLISECONDS ? entry.answers : {};
}

/** Keeps answers for this folder. Not being able to is no error: only the comfort is lost. */
export function rememberAnswers(host: Host, answers: Answers, now = Date.now()): void {
  const others = Object.entries(readStore(host)).filter(([folder]) => folder !== host.cwd);
  const newest = others.sort(([, a], [, b]) => savedAt(b) - savedAt(a)).slice(0, MAX_FOLDERS - 1);
  const folders = Object.fromEntries([[host.cwd, { savedAt: now, answers }], ...newest]);
  const folder = cacheFolder(host);
  const temporary = join(folder, `.${FILE}.${randomBytes(6).toString("hex")}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(temporary, JSON.stringify({ format: FORMAT, folders }), { mode: 0o600, flag: "wx" });
    renameSync(temporary, join(folder, FILE));
  } catch {
    remove(temporary);
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Its folder could not be used at all: there is nothing to remove.
  }
}

/** The file that answers are kept in. */
export function answersPath(host: Host): string {
  return join(cacheFolder(host), FILE);
}

function readStore(host: Host): Record<string, JsonValue> {
  try {
    const path = answersPath(host);
    if (statSync(path).size > MAX_BYTES) return {};
    const content = JSON.parse(readFileSync(path, "utf8")) as JsonValue;
    return isObject(content) && content.format === FORMAT && isObject(content.folders) ? content.folders : {};
  } catch {
    return {};
  }
}

function savedAt(entry: JsonValue): number {
  return isObject(entry) && typeof entry.savedAt === "number" ? entry.savedAt : 0;
}
