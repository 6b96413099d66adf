import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { hasCode, type JsonObject, KaaykoError, type ParameterSpec, parseJson, suggest } from "../../core/index.ts";
import type { Host } from "../terminal/host.ts";
import { userConfigPath } from "./folders.ts";
import { environmentName, flagName } from "./names.ts";

export type LayerKind = "flag" | "environment" | "project" | "user" | "answer" | "default";

/** Settings from one place, as they were written there. */
export interface Layer {
  readonly kind: LayerKind;
  /** Where a setting of this layer was given: "--rounds", "KAAYKO_ROUNDS", "kaayko.config.json". */
  readonly where: (name: string) => string;
  readonly values: Readonly<Record<string, unknown>>;
  /** `--set` and its like: "rounds", "xgboost.maxDepth". */
  readonly set: Readonly<Record<string, unknown>>;
}

export const PROJECT_FILE = "kaayko.config.json";
const MAX_CONFIG_BYTES = 1_000_000;

/**
 * The layers below the flags: environment, project file (or the one that `--config` names), user file. The first wins.
 *
 * @throws KaaykoError (input) for a file that is not a JSON object
 */
export function readLayers(host: Host, specs: readonly ParameterSpec[], configFile: string | undefined): Layer[] {
  const project = configFile ?? (existsSync(resolve(host.cwd, PROJECT_FILE)) ? PROJECT_FILE : undefined);
  const user = userConfigPath(host);
  return [
    environmentLayer(host, specs),
    ...(project === undefined ? [] : [fileLayer("project", resolve(host.cwd, project), project)]),
    ...(existsSync(user) ? [fileLayer("user", user, user)] : []),
  ];
}

/** The layer of the command line. */
export function flagLayer(values: Readonly<Record<string, unknown>>, assignments: readonly string[]): Layer {
  return {
    kind: "flag",
    where: (name) => (name in values ? `--${flagName(name)}` : "--set"),
    values,
    set: parseAssignments(assignments),
  };
}

function environmentLayer(host: Host, specs: readonly ParameterSpec[]): Layer {
  const values: Record<string, unknown> = {};
  for (const spec of specs) {
    const text = host.env[environmentName(spec.name)];
    if (text !== undefined && text !== "") values[spec.name] = text;
  }
  const set = (host.env.KAAYKO_SET ?? "").split(/[\s;]+/).filter(Boolean);
  return {
    kind: "environment",
    where: (name) => (name in values ? environmentName(name) : "KAAYKO_SET"),
    values,
    set: parseAssignments(set),
  };
}

/** Variables that nobody reads but that look like a setting's, with what was meant. */
export function misspeltVariables(host: Host, specs: readonly ParameterSpec[]): { name: string; meant: string }[] {
  const known = new Set([
    ...specs.map((spec) => environmentName(spec.name)),
    "KAAYKO_SET",
    "KAAYKO_CACHE",
    "KAAYKO_JOBS_DIR",
  ]);
  return Object.keys(host.env)
    .filter((name) => name.startsWith("KAAYKO_") && !known.has(name))
    .flatMap((name) => {
      const meant = suggest(name, known);
      return meant === undefined ? [] : [{ name, meant }];
    });
}

function fileLayer(kind: "project" | "user", path: string, shown: string): Layer {
  const content = readConfigFile(path, shown);
  const { set, $schema: _schema, ...values } = content;
  return { kind, where: () => shown, values, set: flattened(set, shown) };
}

function readConfigFile(path: string, shown: string): JsonObject {
  try {
    if (statSync(path).size > MAX_CONFIG_BYTES) throw configError(shown, "a settings file holds at most 1 MB");
    const content = parseJson(readFileSync(path, "utf8").replace(/^\uFEFF/, ""), shown);
    if (content === null || typeof content !== "object" || Array.isArray(content))
      throw configError(shown, "it must be a JSON object of settings");
    return content;
  } catch (error) {
    if (hasCode(error, "ENOENT")) throw configError(shown, "there is no such file");
    if (hasCode(error, "EISDIR")) throw configError(shown, "it is a folder");
    throw error;
  }
}

/** `{"xgboost": {"maxDepth": 8}, "rounds": 9}` and `{"xgboost.maxDepth": 8}` both become dotted keys. */
function flattened(set: unknown, shown: string): Record<string, unknown> {
  if (set === undefined) return {};
  if (set === null || typeof set !== "object" || Array.isArray(set))
    throw configError(shown, '"set" must be an object');
  const flat: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(set)) {
    if (value !== null && typeof value === "object" && !Array.isArray(value))
      for (const [inner, item] of Object.entries(value)) flat[`${key}.${inner}`] = item;
    else flat[key] = value;
  }
  return flat;
}

function parseAssignments(assignments: readonly string[]): Record<string, string> {
  const set: Record<string, string> = Object.create(null);
  for (const assignment of assignments) {
    const at = assignment.indexOf("=");
    if (at < 1)
      throw new KaaykoError({
        action: `set "${assignment}"`,
        rule: "a setting is given as key=value",
        remedy: "For example --set xgboost.maxDepth=8.",
        kind: "usage",
      });
    set[assignment.slice(0, at).trim()] = assignment.slice(at + 1).trim();
  }
  return set;
}

function configError(shown: string, rule: string): KaaykoError {
  return new KaaykoError({ action: `read the settings in ${shown}`, rule, kind: "input" });
}
