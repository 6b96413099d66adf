import { type Command, Option } from "commander";
import { type JsonObject, KaaykoError } from "../../core/index.ts";
import type { ExportFormat } from "../../models/index.ts";
import {
  formatAge,
  formatBytes,
  formatCount,
  formatNumber,
  printable,
  renderTable,
  type Style,
} from "../../reports/text/index.ts";
import { type Context, examples, onRun, type Register } from "../context.ts";
import type { HealthDocument, ModelLocation } from "../services.ts";
import { fromHere, resolveFolders } from "../settings/resolve-folders.ts";

const MODELS_DIR: [string, string] = ["--models-dir <DIR>", "Where models are (default: models)"];

export const register: Register = (command, context) => {
  const list = command
    .command("list")
    .description("All models, newest version first")
    .addOption(new Option(...MODELS_DIR));
  examples(list, [
    ["kaayko models list", ""],
    ["kaayko models list --json", ""],
  ]);
  onRun(list, context, (_args, options) =>
    listModels(context, fromHere(context.host, resolveFolders(context.host, options).modelsDir)),
  );
  const show = command
    .command("show")
    .description("What is known of a model")
    .argument("<model>", "NAME, NAME/VERSION or a folder");
  show.addOption(new Option("--importance", "How much each feature contributes: gain, rows parted, splits"));
  show.addOption(new Option(...MODELS_DIR));
  examples(show, [
    ["kaayko models show houses", "the newest version"],
    ["kaayko models show houses/2 --json", ""],
    ["kaayko models show houses --importance", "its features, the most important first"],
  ]);
  onRun(show, context, async ([model], options) => {
    const modelsDir = fromHere(context.host, resolveFolders(context.host, options).modelsDir);
    if (options.importance === true) return showImportance(context, { model: model!, modelsDir });
    const metadata = await (await context.services.models()).show({ model: model!, modelsDir });
    await context.output.result(metadata, () => renderMetadata(metadata, ""));
    return 0;
  });
  registerImport(command, context);
  registerExport(command, context);
  registerHealth(command, context);
  examples(command, [
    ["kaayko models list", ""],
    ["kaayko models show houses", ""],
    ["kaayko models export houses --format onnx --out houses.onnx", ""],
    ["kaayko models import booster.json --name houses", ""],
  ]);
};

function registerHealth(command: Command, context: Context): void {
  const health = command
    .command("health")
    .description("Whether models are whole, predict what they did when saved, and how fast")
    .argument("[model]", "NAME, NAME/VERSION or a folder (default: the newest version of each)")
    .addOption(new Option(...MODELS_DIR));
  examples(health, [
    ["kaayko models health", "every model"],
    ["kaayko models health houses --json", ""],
  ]);
  onRun(health, context, async ([model], options) => {
    const { output } = context;
    const modelsDir = fromHere(context.host, resolveFolders(context.host, options).modelsDir);
    const service = await context.services.models();
    const names = model === undefined ? (await service.list(modelsDir)).map(({ name }) => name) : [model];
    const models: HealthDocument[] = [];
    for (const name of new Set(names)) models.push(await service.health({ model: name, modelsDir }));
    await output.result({ schemaVersion: 1, models }, () => renderHealth(models, output.dataStyle));
    return models.some(({ golden }) => golden === false) ? 1 : 0;
  });
}

function renderHealth(models: readonly HealthDocument[], style: Style): string {
  if (models.length === 0) return "No models.";
  const columns = [
    { title: "model" },
    { title: "hash" },
    { title: "golden predictions" },
    { title: "one row", align: "right" as const },
    { title: "rows/s", align: "right" as const },
  ];
  const rows = models.map(({ model, golden, oneRowMicroseconds, rowsPerSecond }) => [
    printable(model),
    "verified",
    golden === null ? "none kept" : golden ? "the same bits" : "DIFFERENT",
    `${formatNumber(oneRowMicroseconds)} µs`,
    formatCount(Math.round(rowsPerSecond)),
  ]);
  return renderTable(columns, rows, style);
}

async function showImportance({ output, services }: Context, location: ModelLocation): Promise<number> {
  const importance = await (await services.models()).importance(location);
  if (importance === null)
    throw new KaaykoError({
      action: `show what ${location.model} looks at`,
      rule: "its algorithm must know how much each feature contributes",
      kind: "input",
    });
  await output.result({ schemaVersion: 1, model: location.model, importance }, () => {
    const measures = importance.measures as string[];
    const features = importance.features as JsonObject[];
    const share = (value: unknown): string => `${(Number(value) * 100).toFixed(1)} %`;
    const columns = [{ title: "feature" }, ...measures.map((title) => ({ title, align: "right" as const }))];
    const rows = features.map((entry) => [
      printable(String(entry.feature)),
      ...measures.map((measure) => share(entry[measure])),
    ]);
    return renderTable(columns, rows, output.dataStyle);
  });
  return 0;
}

function registerImport(command: Command, context: Context): void {
  const take = command
    .command("import")
    .description("Take over a model of XGBoost, LightGBM or ONNX")
    .argument("<file>", "XGBoost's JSON, UBJSON or old binary file, LightGBM's text, or ONNX")
    .addOption(new Option("--name <NAME>", "Name of the model").makeOptionMandatory())
    .addOption(new Option("--target <COL>", "What it predicts (default: target)"))
    .addOption(new Option("--classes <a,b>", "Labels of the classes, by code (default: 0,1,…)"))
    .addOption(new Option(...MODELS_DIR));
  examples(take, [
    ["kaayko models import booster.json --name houses --target price", "XGBoost: save_model"],
    ["kaayko models import model.txt --name churn --classes no,yes", "LightGBM: save_model"],
  ]);
  onRun(take, context, async ([file], options) => {
    const text = (name: string): string | undefined => (typeof options[name] === "string" ? options[name] : undefined);
    const document = await (await context.services.models()).importModel({
      file: fromHere(context.host, file!),
      name: String(options.name),
      modelsDir: fromHere(context.host, resolveFolders(context.host, options).modelsDir),
      ...(text("target") === undefined ? {} : { target: text("target")! }),
      ...(text("classes") === undefined ? {} : { classes: text("classes")!.split(",") }),
    });
    await context.output.result({ ...document }, () => renderMetadata(document, ""));
    return 0;
  });
}

function registerExport(command: Command, context: Context): void {
  const write = command
    .command("export")
    .description("Write a model of trees or a network for another program")
    .argument("<model>", "NAME, NAME/VERSION or a folder")
    .addOption(
      new Option("--format <FORMAT>", "What to write")
        .choices(["xgboost", "lightgbm", "onnx", "saved-model", "typescript", "javascript", "wasm"])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option("--out <FILE>", "Where; FILE.features.json beside it says what goes in").makeOptionMandatory(),
    )
    .addOption(new Option(...MODELS_DIR));
  examples(write, [
    ["kaayko models export houses --format onnx --out houses.onnx", "for ONNX Runtime"],
    ["kaayko models export roads --format saved-model --out roads-tf", "a network for TensorFlow, as a folder"],
    ["kaayko models export houses --format xgboost --out houses.json", "for xgboost.Booster"],
    ["kaayko models export houses --format typescript --out houses.ts", "predicts on its own, in Node and browsers"],
    ["kaayko models export houses --format wasm --out houses.mjs", "the same in WebAssembly, faster, still one file"],
    ["kaayko models export houses/2 --format lightgbm --out houses.txt", "for lightgbm.Booster"],
  ]);
  onRun(write, context, async ([model], options) => {
    const modelsDir = fromHere(context.host, resolveFolders(context.host, options).modelsDir);
    const document = await (await context.services.models()).exportModel(
      { model: model!, modelsDir },
      { format: options.format as ExportFormat, out: fromHere(context.host, String(options.out)) },
    );
    await context.output.result({ ...document }, () => renderMetadata(document, ""));
    return 0;
  });
}

async function listModels(context: Context, modelsDir: string): Promise<number> {
  const models = await (await context.services.models()).list(modelsDir);
  const { output } = context;
  await output.result({ schemaVersion: 1, models }, () => {
    if (models.length === 0) return `No models in ${printable(modelsDir)}.`;
    const rows = models.map((model) => [
      printable(model.name),
      printable(model.version),
      printable(model.algorithm),
      printable(model.target),
      Object.entries(model.metrics)
        .slice(0, 2)
        .map(([name, value]) => `${printable(name)} ${formatNumber(value)}`)
        .join(", "),
      formatBytes(model.bytes),
      model.createdAt === null ? "-" : formatAge((Date.now() - model.createdAt) / 1000),
    ]);
    const columns = [
      { title: "model" },
      { title: "version", align: "right" as const },
      { title: "algorithm" },
      { title: "target", optional: 2 },
      { title: "test", optional: 1 },
      { title: "size", align: "right" as const, optional: 4 },
      { title: "age", align: "right" as const, optional: 3 },
    ];
    return renderTable(columns, rows, output.dataStyle);
  });
  return 0;
}

const LONGEST_LIST = 12;

/** Nested facts as indented lines; long lists are cut. */
function renderMetadata(value: unknown, indent: string): string {
  if (value === null || typeof value !== "object") return printable(String(value ?? "-"));
  const entries = Array.isArray(value)
    ? value.map((item, index): [string, unknown] => [String(index + 1), item])
    : Object.entries(value);
  const lines = entries.slice(0, LONGEST_LIST * (Array.isArray(value) ? 1 : 4)).map(([key, item]) => {
    const nested = item !== null && typeof item === "object";
    if (Array.isArray(item) && item.every((part) => part === null || typeof part !== "object"))
      return `${indent}${printable(key)}: ${shortList(item)}`;
    const text = typeof item === "number" ? formatNumber(item) : renderMetadata(item, `${indent}  `);
    return nested ? `${indent}${printable(key)}\n${text}` : `${indent}${printable(key)}: ${text}`;
  });
  const rest = entries.length - lines.length;
  return [...lines, ...(rest > 0 ? [`${indent}and ${rest} more (--json shows all)`] : [])].join("\n");
}

function shortList(items: readonly unknown[]): string {
  const shown = items.slice(0, LONGEST_LIST).map((item) => printable(String(item)));
  return shown.join(", ") + (items.length > LONGEST_LIST ? `, and ${items.length - LONGEST_LIST} more` : "");
}
