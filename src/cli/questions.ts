import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { type JsonValue, KaaykoError, type ParameterSpec, parseParameter } from "../core/index.ts";
import { formatBytes, formatCount, formatPlural, printable, renderSchema } from "../reports/index.ts";
import type { Context } from "./context.ts";
import type { TableDescription } from "./services.ts";
import { recallAnswers, rememberAnswers } from "./settings/remembered.ts";
import type { ResolvedSettings } from "./settings/resolve.ts";
import { fromHere } from "./settings/resolve-folders.ts";
import type { PromptChoice, Prompter } from "./terminal/prompter.ts";

const MAX_FILES = 200;
const ANOTHER = "\u0000another";
const LIKELY_TARGETS = ["target", "label", "class", "y", "score", "price", "outcome"];
const SAMPLE_ROWS = { small: 100_000, medium: 500_000 };

interface Asking {
  readonly context: Context;
  readonly prompter: Prompter;
  /** Values so far: settled ones and answers. */
  readonly known: Record<string, JsonValue>;
  readonly remembered: Readonly<Record<string, JsonValue>>;
  table?: TableDescription;
}

type Asker = (spec: ParameterSpec, asking: Asking) => Promise<JsonValue | undefined>;

/** Questions that need more than the setting's own declaration. */
const ASKERS: Readonly<Record<string, Asker>> = {
  data: askData,
  target: askTarget,
  sampleSize: askSampleSize,
  algorithms: askAlgorithms,
};

/**
 * Asks for every setting that has a question and no value but a default, suggests what was answered the last time, and
 * remembers the answers.
 */
export async function askOpenSettings(
  context: Context,
  prompter: Prompter,
  specs: readonly ParameterSpec[],
  resolved: ResolvedSettings,
): Promise<Record<string, JsonValue>> {
  const asking: Asking = { context, prompter, known: { ...resolved.values }, remembered: recallAnswers(context.host) };
  const answers: Record<string, JsonValue> = {};
  for (const spec of specs) {
    const kind = resolved.origins[spec.name]?.kind;
    if (spec.prompt === undefined || (kind !== undefined && kind !== "default")) continue;
    const answer = await (ASKERS[spec.name] ?? askPlainly)(spec, asking);
    if (answer === undefined) continue;
    answers[spec.name] = answer;
    asking.known[spec.name] = answer;
  }
  rememberAnswers(context.host, { ...asking.remembered, ...answers });
  return answers;
}

async function askData(
  spec: ParameterSpec,
  { context, prompter, remembered, known }: Asking,
): Promise<JsonValue | undefined> {
  if (known.recipe !== undefined) return undefined;
  const last = typeof remembered.data === "string" ? remembered.data : undefined;
  const files = await tableFiles(context);
  const choices: PromptChoice<string>[] = files.map((file) => ({
    value: file.path,
    name: `${printable(file.path)}  ${formatBytes(file.bytes)}`,
  }));
  if (choices.length > 0) {
    choices.push({ value: ANOTHER, name: "another file …" });
    const picked = await prompter.select(
      spec.prompt!,
      choices,
      files.some((file) => file.path === last) ? last : undefined,
    );
    if (picked !== ANOTHER) return picked;
  }
  return prompter.input("Path of the table:", last, (text) => (text.trim() === "" ? "A path is needed." : undefined));
}

async function tableFiles(context: Context): Promise<{ path: string; bytes: number }[]> {
  const { statSync } = await import("node:fs");
  const { extensions } = await context.services.data();
  const found: { path: string; bytes: number }[] = [];
  for (const folder of [context.host.cwd, join(context.host.cwd, "data")]) {
    let names: string[] = [];
    try {
      names = readdirSync(folder).sort();
    } catch {
      continue;
    }
    for (const name of names) {
      if (found.length >= MAX_FILES || !extensions.some((ending) => name.toLowerCase().endsWith(ending))) continue;
      const path = join(folder, name);
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats?.isFile()) found.push({ path: relative(context.host.cwd, path), bytes: stats.size });
    }
  }
  return found;
}

async function askTarget(spec: ParameterSpec, asking: Asking): Promise<JsonValue | undefined> {
  const { context, prompter, known, remembered } = asking;
  if (known.recipe !== undefined) return undefined;
  const table = await (await context.services.data()).describe(fromHere(context.host, String(known.data)), {
    statistics: false,
  });
  asking.table = table;
  const size = table.rows === null ? "" : `, ${formatPlural(table.rows, "row")}`;
  context.output.note(`${printable(String(known.data))}: ${formatPlural(table.columns.length, "column")}${size}`);
  if (table.columns.length <= 40) context.output.note(renderSchema(table.columns, context.output.talkStyle));
  const names = table.columns.filter((column) => column.kind !== "unreadable").map((column) => column.name);
  const last = names.find((name) => name === remembered.target);
  const likely = names.find((name) => LIKELY_TARGETS.includes(name.toLowerCase())) ?? names.at(-1);
  const choices = names.map((name) => ({ value: name, name: printable(name) }));
  return prompter.select(spec.prompt!, choices, last ?? likely);
}

async function askSampleSize(
  spec: ParameterSpec,
  { prompter, remembered, table }: Asking,
): Promise<JsonValue | undefined> {
  const rows = table?.rows ?? null;
  if (rows !== null && rows <= SAMPLE_ROWS.small) return undefined;
  const choices: PromptChoice<string>[] = [
    { value: "small", name: `small   ${formatCount(SAMPLE_ROWS.small)} rows` },
    ...(rows === null || rows > SAMPLE_ROWS.medium
      ? [{ value: "medium", name: `medium  ${formatCount(SAMPLE_ROWS.medium)} rows` }]
      : []),
    { value: "all", name: rows === null ? "all" : `all     ${formatCount(rows)} rows` },
    { value: ANOTHER, name: "another number or share …" },
  ];
  const last = choices.find((choice) => choice.value === remembered.sampleSize)?.value;
  const picked = await prompter.select(spec.prompt!, choices, last ?? "all");
  if (picked !== ANOTHER) return picked;
  const wrong = (text: string) =>
    /^\d+(\.\d+)?\s*%?$/.test(text.trim()) ? undefined : "A number such as 20000, or a share such as 10%.";
  return (await prompter.input("How many rows (20000 or 10%)?", undefined, wrong)).trim();
}

async function askAlgorithms(
  spec: ParameterSpec,
  { context, prompter, known, remembered }: Asking,
): Promise<JsonValue | undefined> {
  const algorithms = await Promise.all(Object.values(await context.services.algorithms()).map((load) => load()));
  const task = known.task;
  const fitting = algorithms.filter(
    (algorithm) => task === undefined || (algorithm.tasks as readonly string[]).includes(String(task)),
  );
  if (fitting.length < 2) return undefined;
  const last = Array.isArray(remembered.algorithms)
    ? remembered.algorithms
    : fitting.map((algorithm) => algorithm.name);
  return prompter.checkbox(
    spec.prompt!,
    fitting.map(({ name, description }) => ({ value: name, name, description, checked: last.includes(name) })),
  );
}

/** Asks by the setting's type alone. */
async function askPlainly(spec: ParameterSpec, { prompter, known, remembered }: Asking): Promise<JsonValue> {
  const suggested = remembered[spec.name] ?? known[spec.name];
  if (spec.type === "boolean") return prompter.confirm(spec.prompt!, suggested === true);
  if (spec.type === "choice") {
    const choices = spec.choices!.map((value) => ({ value, name: value }));
    return prompter.select(spec.prompt!, choices, typeof suggested === "string" ? suggested : undefined);
  }
  const text = await prompter.input(spec.prompt!, suggested === undefined ? undefined : String(suggested), (given) =>
    problemWith(spec, given),
  );
  return parseParameter(spec, text);
}

function problemWith(spec: ParameterSpec, text: string): string | undefined {
  try {
    parseParameter(spec, text);
    return undefined;
  } catch (error) {
    if (error instanceof KaaykoError) return [error.message, error.remedy].filter(Boolean).join(". ");
    throw error;
  }
}
