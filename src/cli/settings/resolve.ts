import {
  type Algorithm,
  type JsonValue,
  KaaykoError,
  type ParameterSpec,
  parseParameter,
  unknownName,
} from "../../core/index.ts";
import type { Layer, LayerKind } from "./layers.ts";
import { flagName } from "./names.ts";

export interface Origin {
  readonly kind: LayerKind;
  /** "--rounds", "KAAYKO_ROUNDS", "kaayko.config.json"; "" for a default. */
  readonly where: string;
}

/** Every setting with its value and where it came from; settings of algorithms as they were given. */
export interface ResolvedSettings {
  readonly values: Readonly<Record<string, JsonValue>>;
  readonly origins: Readonly<Record<string, Origin>>;
  readonly algorithms: readonly GivenAlgorithmSetting[];
}

export interface GivenAlgorithmSetting {
  /** "maxDepth" or "xgboost.maxDepth". */
  readonly key: string;
  readonly raw: unknown;
  readonly origin: Origin;
}

/**
 * Lays the layers over the defaults; the first layer wins.
 *
 * @throws KaaykoError (usage) for an unknown name in any layer, with a suggestion, or for a winning value that breaks its rule
 */
export function resolveSettings(specs: readonly ParameterSpec[], layers: readonly Layer[]): ResolvedSettings {
  const known = new Map(specs.map((spec) => [spec.name, spec]));
  const values: Record<string, JsonValue> = {};
  const origins: Record<string, Origin> = {};
  const algorithms = new Map<string, GivenAlgorithmSetting>();
  for (const layer of layers) {
    for (const name of Object.keys(layer.values)) if (!known.has(name)) throw unknownSetting(name, layer, known.keys());
    for (const [key, raw] of Object.entries(layer.set))
      if (!known.has(key) && !algorithms.has(key))
        algorithms.set(key, { key, raw, origin: { kind: layer.kind, where: layer.where("set") } });
    for (const spec of specs) {
      const raw = spec.name in layer.set ? layer.set[spec.name] : layer.values[spec.name];
      if (raw === undefined || raw === null || spec.name in values) continue;
      const origin = { kind: layer.kind, where: layer.where(spec.name) };
      values[spec.name] = parsed(spec, raw, origin);
      origins[spec.name] = origin;
    }
  }
  for (const spec of specs) {
    if (spec.default === undefined || spec.name in values) continue;
    values[spec.name] = spec.default;
    origins[spec.name] = { kind: "default", where: "" };
  }
  return { values, origins, algorithms: [...algorithms.values()] };
}

/** Adds what a person answered: it stands where nothing or only a default stood. */
export function withAnswers(
  resolved: ResolvedSettings,
  specs: readonly ParameterSpec[],
  answers: Readonly<Record<string, JsonValue>>,
): ResolvedSettings {
  const values = { ...resolved.values };
  const origins = { ...resolved.origins };
  for (const spec of specs) {
    const answer = answers[spec.name];
    if (answer === undefined) continue;
    origins[spec.name] = { kind: "answer", where: "your answer" };
    values[spec.name] = parsed(spec, answer, origins[spec.name]!);
  }
  return { ...resolved, values, origins };
}

/** Names of the settings that somebody gave. */
export function givenNames(resolved: ResolvedSettings): string[] {
  return Object.keys(resolved.values).filter((name) => resolved.origins[name]!.kind !== "default");
}

/**
 * Checks settings of algorithms and sorts them by algorithm. A key without an algorithm goes to every chosen one that has it.
 * What a file or the environment says about an algorithm that is not chosen is left aside; on the command line it is an error.
 *
 * @throws KaaykoError (usage) for an unknown algorithm or key, with a suggestion
 */
export async function resolveAlgorithmSettings(
  given: readonly GivenAlgorithmSetting[],
  chosen: readonly string[],
  table: Readonly<Record<string, () => Promise<Algorithm>>>,
): Promise<Record<string, Record<string, JsonValue>>> {
  const result: Record<string, Record<string, JsonValue>> = {};
  if (given.length === 0) return result;
  const algorithms = await Promise.all(chosen.map((name) => table[name]!()));
  // General keys first, so that a key with its algorithm's name wins over them.
  const ordered = [...given].sort((a, b) => Number(a.key.includes(".")) - Number(b.key.includes(".")));
  for (const setting of ordered) {
    const [target, name] = splitKey(setting.key);
    if (target !== undefined && !Object.hasOwn(table, target))
      throw unknownName("algorithm", target, Object.keys(table));
    if (target !== undefined && !chosen.includes(target)) {
      if (setting.origin.kind === "flag") throw notChosen(setting.key, target, chosen);
      continue;
    }
    const candidates = algorithms.filter((algorithm) => target === undefined || algorithm.name === target);
    const takers = candidates.flatMap((algorithm) => {
      const spec = algorithm.parameters.find((parameter) => parameter.name === name);
      return spec === undefined ? [] : [{ algorithm, spec }];
    });
    if (takers.length === 0) throw unknownAlgorithmSetting(setting.key, candidates);
    for (const { algorithm, spec } of takers)
      result[algorithm.name] = { ...result[algorithm.name], [name]: parsed(spec, setting.raw, setting.origin) };
  }
  return result;
}

function splitKey(key: string): [string | undefined, string] {
  const at = key.indexOf(".");
  return at < 0 ? [undefined, key] : [key.slice(0, at), key.slice(at + 1)];
}

/**
 * Reads a flag's value.
 *
 * @throws KaaykoError (usage) that names the flag
 */
export function parseFlag(spec: ParameterSpec, raw: unknown): JsonValue {
  return parsed(spec, raw, { kind: "flag", where: `--${flagName(spec.name)}` });
}

function parsed(spec: ParameterSpec, raw: unknown, origin: Origin): JsonValue {
  try {
    return parseParameter(
      { ...spec, name: origin.kind === "flag" && origin.where !== "--set" ? origin.where : spec.name },
      raw,
    );
  } catch (error) {
    if (!(error instanceof KaaykoError)) throw error;
    const remedy = [
      error.remedy,
      `It was given by ${origin.where}${origin.kind === "flag" ? ` (${spec.description})` : ""}.`,
    ];
    throw new KaaykoError({ ...split(error.message), remedy: remedy.filter(Boolean).join(" "), kind: error.kind });
  }
}

/** Takes an error's message apart again, so that a remedy can be added to it. */
function split(message: string): { action: string; rule: string } {
  const text = message.replace(/^Cannot /, "");
  const at = text.indexOf(": ");
  return { action: text.slice(0, at), rule: text.slice(at + 2) };
}

function unknownSetting(name: string, layer: Layer, known: Iterable<string>): KaaykoError {
  const error = unknownName("setting", name, known);
  const remedy = `${error.remedy} It stands in ${layer.where(name)}.`;
  return new KaaykoError({ ...split(error.message), remedy, kind: "usage" });
}

function unknownAlgorithmSetting(key: string, candidates: readonly Algorithm[]): KaaykoError {
  const prefixed = key.includes(".");
  const known = candidates.flatMap((algorithm) =>
    algorithm.parameters.map((spec) => (prefixed ? `${algorithm.name}.${spec.name}` : spec.name)),
  );
  return unknownName("setting", key, new Set(known));
}

function notChosen(key: string, algorithm: string, chosen: readonly string[]): KaaykoError {
  return new KaaykoError({
    action: `set ${key}`,
    rule: `${algorithm} is not among the algorithms that are trained (${chosen.join(", ")})`,
    remedy: `Add ${algorithm} to --algorithms, or leave the setting out.`,
    kind: "usage",
  });
}
