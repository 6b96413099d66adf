import { basename, extname } from "node:path";
import {
  type Algorithm,
  canonicalJson,
  type Dataset,
  type JsonObject,
  type JsonValue,
  KaaykoError,
  type ParameterValues,
  type PartSpec,
  resolveParameters,
} from "../core/index.ts";
import { isObject } from "../core/json.ts";
import type { MemoryNeed } from "../data/index.ts";
import { measuresBeside } from "../features/index.ts";
import { REFERENCES } from "./benchmark/references.ts";
import { evaluationFiles } from "./evaluation-files.ts";
import type { AlgorithmTable, TrainingRequest } from "./options.ts";
import { TRAINING_PARAMETERS } from "./settings/index.ts";

/** Rows, trees and epochs of a smoke test: all stages and algorithms, in seconds. */
const SMOKE = { rows: 3000, rounds: 10, epochs: 2 };
/** A quick look. */
const DEV = { sample: "5%", batchSize: 128 };

/**
 * What a run is asked to do, as plain data: publish it as the session's `run` when a run is created, so that a resume by
 * name alone knows what to do, and finds out what differs.
 */
export function describeRequest(request: TrainingRequest): JsonObject {
  return JSON.parse(
    canonicalJson({ settings: request.settings, algorithmSettings: request.algorithmSettings ?? {} }),
  ) as JsonObject;
}

/**
 * Reads a request back from a session's `run`.
 *
 * @throws KaaykoError where it holds none
 */
export function requestOfRun(run: JsonObject): TrainingRequest {
  const { settings, algorithmSettings } = run;
  if (!isObject(settings) || !isObject(algorithmSettings) || !Object.values(algorithmSettings).every(isObject))
    throw new KaaykoError({
      action: "continue this run",
      rule: "it must say what it was asked to do",
      kind: "damaged",
    });
  return { settings, algorithmSettings: algorithmSettings as Record<string, JsonObject> };
}

/** The settings that the stages work with: those given, with what `smokeTest` and `dev` mean. */
export function effectiveSettings(given: ParameterValues): ParameterValues {
  // Labels of anomalies only judge: without any nothing needs naming.
  const settings = given.task === "anomaly" && given.target === undefined ? { ...given, target: ANOMALY_LABEL } : given;
  if (settings.smokeTest === true)
    return { ...settings, rounds: SMOKE.rounds, epochs: SMOKE.epochs, maxRows: SMOKE.rows, timeLimit: null };
  if (settings.dev === true) return { ...settings, sampleSize: DEV.sample, batchSize: DEV.batchSize };
  return settings;
}

const ANOMALY_LABEL = "is_anomaly";

/** An algorithm that takes part in a run, with its complete settings. */
export interface Contender {
  readonly algorithm: Algorithm;
  readonly parameters: ParameterValues;
  /** Names of the settings that the user decided: a search leaves them as they are. */
  readonly fixed: readonly string[];
}

/** The algorithms that are named, and references of a benchmark; unnamed all but those that nobody asked for. */
async function algorithmsOf(table: AlgorithmTable, { settings }: TrainingRequest): Promise<Algorithm[]> {
  const named = (settings.algorithms as string[] | undefined) ?? [];
  const references = settings.benchmark === undefined ? [] : REFERENCES.filter((name) => Object.hasOwn(table, name));
  const names = named.length === 0 ? Object.keys(table) : [...new Set([...named, ...references])];
  const algorithms = await Promise.all(names.map((name) => table[name]!()));
  const hasTime = settings.timeLimit !== undefined && settings.timeLimit !== null;
  return named.length > 0 || hasTime ? algorithms : algorithms.filter(({ onRequest }) => onRequest !== true);
}

/** Whether an algorithm of the run works in memory only, so that the data must fit, or at least better there. */
export async function memoryNeed(table: AlgorithmTable, request: TrainingRequest): Promise<MemoryNeed> {
  const algorithms = await algorithmsOf(table, request);
  if (algorithms.some(({ input }) => input === "memory")) return "needed";
  return algorithms.some(({ input }) => input === "either") ? "preferred" : "unused";
}

/** Kinds of feature parts that an algorithm of the run learns from. */
export async function partsWanted(table: AlgorithmTable, request: TrainingRequest): Promise<PartSpec["kind"][]> {
  const algorithms = await algorithmsOf(table, request);
  return [...new Set(algorithms.flatMap(({ parts }) => parts ?? []))];
}

/**
 * Loads and checks the algorithms of a run: those named, or all that fit the task, in that order; unnamed, one that learns from
 * feature parts takes part only where the data gives some, one that learns from columns only where there are others than texts, and a
 * slow one only under a time limit.
 *
 * @param advice settings that the recipe gives algorithms, by name; what the user sets wins
 * @throws KaaykoError (usage) for an unknown algorithm or setting, or a named algorithm that does not fit the task
 */
export async function chooseContenders(
  table: AlgorithmTable,
  request: TrainingRequest,
  dataset: Pick<Dataset, "task" | "parts" | "features">,
  advice: (algorithm: Algorithm) => ParameterValues = () => ({}),
): Promise<Contender[]> {
  const { kind: task } = dataset.task;
  const { parts: given = [] } = dataset;
  const algorithms = await algorithmsOf(table, request);
  const fitting = algorithms.filter((algorithm) => algorithm.tasks.includes(task));
  const asked = (request.settings.algorithms as string[] | undefined) ?? [];
  const wrong = algorithms.find(({ name, tasks }) => asked.includes(name) && !tasks.includes(task));
  if (wrong !== undefined) {
    throw new KaaykoError({
      action: `use ${wrong.name}`,
      rule: `the task must be ${wrong.tasks.join(", ")}`,
      got: task,
      remedy: `For ${task} there are: ${fitting.map(({ name }) => name).join(", ") || "none of those named"}.`,
      kind: "usage",
    });
  }
  const learning = fitting.filter(
    ({ parts }) =>
      request.settings.algorithms !== undefined ||
      parts === undefined ||
      given.some(({ kind }) => parts.includes(kind)),
  );
  return takingPart(learning, dataset, request).map((algorithm) => ({
    algorithm,
    parameters: parametersOf(algorithm, request, advice(algorithm)),
    fixed: Object.keys({ ...commonSettings(algorithm, request), ...request.algorithmSettings?.[algorithm.name] }),
  }));
}

/**
 * Where there is nothing but texts and nobody names algorithms, those that read texts, and references: how long texts are says little of
 * what they are about. What makes something of other models takes part only where there are several: of one it would only sharpen
 * what the validation rows, which few mistakes are left in, say already.
 */
function takingPart(
  learning: Algorithm[],
  dataset: Pick<Dataset, "parts" | "features">,
  { settings }: TrainingRequest,
): Algorithm[] {
  const readers = learning.filter(({ parts, combine }) => parts !== undefined && combine === undefined);
  if (settings.algorithms !== undefined || readers.length === 0 || !isAllTexts(dataset)) return learning;
  const combines = ({ combine }: Algorithm) => combine !== undefined && readers.length > 1;
  return learning.filter((one) => readers.includes(one) || REFERENCES.includes(one.name) || combines(one));
}

/** Whether there is nothing to learn from but texts and measures of how they are written. */
function isAllTexts({ parts = [], features }: Pick<Dataset, "parts" | "features">): boolean {
  const measures = new Set(parts.flatMap(({ name }) => measuresBeside(name)));
  return measures.size > 0 && features.every(({ name }) => measures.has(name));
}

/** Algorithms that nobody asked for and that would learn from the texts there are, slowly. */
export async function slowOnes(
  table: AlgorithmTable,
  request: TrainingRequest,
  { task, parts = [] }: Pick<Dataset, "task" | "parts">,
): Promise<string[]> {
  if (parts.length === 0) return [];
  const taken = new Set((await algorithmsOf(table, request)).map(({ name }) => name));
  const all = await Promise.all(Object.values(table).map((load) => load()));
  const able = all.filter(({ onRequest, tasks }) => onRequest === true && tasks.includes(task.kind));
  return request.settings.algorithms === undefined ? able.flatMap(({ name }) => (taken.has(name) ? [] : [name])) : [];
}

/** Advice gives way to common flags, which map onto settings of the same name, and these to settings of the algorithm's own. */
function parametersOf(algorithm: Algorithm, request: TrainingRequest, advice: ParameterValues): ParameterValues {
  const own = request.algorithmSettings?.[algorithm.name] ?? {};
  const given = { ...advice, ...commonSettings(algorithm, request), ...own };
  return resolveParameters(algorithm.parameters, given, `setting of ${algorithm.name}`);
}

function commonSettings(algorithm: Algorithm, request: TrainingRequest): ParameterValues {
  const settings = effectiveSettings(request.settings);
  // A loss in a file is the algorithm itself.
  const objective = settings.objectiveSha256 === undefined ? ["objective"] : [];
  const names = ["rounds", "epochs", "batchSize", "initScore", "allowDifferentDevice", ...objective].filter(
    (name) => settings[name] !== undefined && algorithm.parameters.some((spec) => spec.name === name),
  );
  return Object.fromEntries(names.map((name) => [name, settings[name]!]));
}

/** Stages that must start again where a setting changed: everything from this one on. */
const FIRST_STAGE_TOUCHED: Record<string, "load" | "train" | "evaluate" | "save"> = {
  folds: "train",
  algorithms: "train",
  rounds: "train",
  initScore: "train",
  objective: "train",
  objectiveSha256: "train",
  epochs: "train",
  trials: "train",
  timeLimit: "train",
  backend: "train",
  report: "evaluate",
  benchmark: "evaluate",
  peers: "evaluate",
  minScore: "save",
  name: "save",
};

export interface Difference {
  /** For a person: `rounds: 100 before, 200 now`. */
  readonly text: string;
  /** The first stage that it touches. */
  readonly stage: "load" | "features" | "train" | "evaluate" | "save";
}

/** What of two requests differs and may change the result. Paths are compared by the data's fingerprint, not here. */
export function differencesOf(before: TrainingRequest, now: TrainingRequest): Difference[] {
  const found: Difference[] = [];
  const say = (value: JsonValue | undefined) => (value === undefined || value === null ? "none" : canonicalJson(value));
  const compare = (
    a: ParameterValues,
    b: ParameterValues,
    prefix: string,
    stageOf: (name: string) => Difference["stage"],
  ) => {
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)].sort()))
      if (say(a[name]) !== say(b[name]))
        found.push({ text: `${prefix}${name}: ${say(a[name])} before, ${say(b[name])} now`, stage: stageOf(name) });
  };
  compare(decisive(before.settings), decisive(now.settings), "", (name) => FIRST_STAGE_TOUCHED[name] ?? "load");
  const algorithms = new Set([before, now].flatMap((request) => Object.keys(request.algorithmSettings ?? {})).sort());
  for (const name of algorithms)
    compare(before.algorithmSettings?.[name] ?? {}, now.algorithmSettings?.[name] ?? {}, `${name}.`, () => "train");
  return found;
}

/** Where files lie is no part of the result: their content is, and the fingerprint covers it. */
const PATHS = new Set(["data", "test", "features", "warmStart"]);

function decisive(settings: ParameterValues): ParameterValues {
  const free = new Set(TRAINING_PARAMETERS.filter((spec) => spec.affectsResult === false).map((spec) => spec.name));
  if (settings.objectiveSha256 !== undefined) free.add("objective");
  const kept = Object.entries(settings).filter(([name]) => !free.has(name) && !PATHS.has(name));
  // Where a benchmark is written decides nothing, that it is one does.
  const evaluations = evaluationFiles(settings).map(({ name }) => name);
  return Object.fromEntries(
    kept.map(([name, value]) => [name, name === "benchmark" ? true : name === "eval" ? evaluations : value]),
  );
}

/** The error of a resume that would not end as the run began. */
export function refuseResume(differences: readonly string[]): KaaykoError {
  return new KaaykoError({
    action: "resume this run",
    rule: `nothing that decides its result may have changed, but: ${differences.join("; ")}`,
    remedy: "Resume with the original settings and data, or use --fork to start a new run from this one's state.",
    kind: "usage",
  });
}

/** The model's name: as given, else the recipe's, else the file's without its ending. */
export function modelNameOf(settings: ParameterValues): string {
  const given = settings.name ?? settings.recipe;
  if (typeof given === "string") return given;
  const file = typeof settings.data === "string" ? basename(settings.data) : "model";
  const stem = file.slice(0, file.length - extname(file).length);
  return stem.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[-.]+|[-.]+$/g, "") || "model";
}
