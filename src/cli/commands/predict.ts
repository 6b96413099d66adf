import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Option } from "commander";
import { type JsonObject, KaaykoError, parseJson } from "../../core/index.ts";
import { formatPlural } from "../../reports/text/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import type { ModelLocation, Watch } from "../services.ts";
import { fromHere, resolveFolders } from "../settings/resolve-folders.ts";
import { readStdinRows } from "../stdin-rows.ts";
import { Exit } from "../terminal/failure.ts";
import { createProgress } from "../terminal/progress.ts";
import { withSignals } from "../terminal/signals.ts";
import { createTiming } from "../terminal/timing.ts";

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko predict --model houses --data new.parquet --out prices.csv", "interrupted, it goes on when started again"],
    ["kaayko predict --model houses --data new.csv", "JSON Lines on stdout"],
    ["kaayko predict --model traffic --data recent.csv", "a forecast model: times ahead, with intervals"],
    [
      "kaayko predict --model rents --data new.csv --level 0.8",
      "intervals that cover 80 %, of a model with --interval",
    ],
    ["kaayko predict --model houses --data new.csv --explain", "with what each feature adds to the score"],
    ["kaayko predict --model paddle-safety --data all.parquet --out p.parquet --on-error skip --watch", ""],
    [
      'echo \'{"rooms": 3, "city": "Oslo"}\' | kaayko predict --model houses',
      "rows from a pipe: JSON, JSON Lines or CSV",
    ],
  ]);
  command.argument("[row]", "One row as JSON");
  addModelFlags(command);
  command.addOption(new Option("--data <FILE>", "Table to predict for (default: rows from stdin)"));
  command.addOption(new Option("--out <FILE>", "Where to write: .csv, .parquet or .jsonl (default: stdout)"));
  command.addOption(new Option("--keep <a,b>", "Columns that are written beside the predictions; all for all"));
  command.addOption(new Option("--all-origins", "Forecasts: from every point of the series, not only from the last"));
  command.addOption(new Option("--explain", "Also what each feature adds to the score (boosted trees; SHAP values)"));
  command.addOption(
    new Option("--level <SHARE>", "Share of true values that intervals cover, 0.5 to 0.99 (regression)"),
  );
  command.addOption(
    new Option(
      "--on-error <stop|skip>",
      "Rows that the model's rules say cannot be: end there, or leave them empty and say why",
    )
      .choices(["stop", "skip"])
      .default("stop"),
  );
  command.addOption(new Option("--watch", "Show rows a second, and at the end how long batches took, as percentiles"));
  onRun(command, context, ([row], options) =>
    row === undefined ? predict(context, options) : predictRow(context, row, options),
  );
};

/** The flags of every command that uses a model. */
export function addModelFlags(command: { addOption(option: Option): unknown }, mandatory = true): void {
  command.addOption(
    new Option("--model <MODEL>", "NAME (its newest version), NAME/VERSION, or a folder").makeOptionMandatory(
      mandatory,
    ),
  );
  command.addOption(new Option("--models-dir <DIR>", "Where models are (default: models)"));
  command.addOption(new Option("--features <FILE.ts>", "Your own transformations, where it was trained with some"));
}

/** Where the named model is. */
export function modelLocation(context: Context, options: Options): ModelLocation {
  const { features, level } = options;
  return {
    model: String(options.model),
    modelsDir: fromHere(context.host, resolveFolders(context.host, options).modelsDir),
    ...(typeof features === "string" ? { features: fromHere(context.host, features) } : {}),
    ...(level === undefined ? {} : { level: Number(level) }),
  };
}

async function predictRow(context: Context, text: string, options: Options): Promise<number> {
  // What is no object is refused where rows are read.
  const row = parseJson(text, "the row") as JsonObject;
  if (options.data !== undefined || options.out !== undefined)
    throw new KaaykoError({
      action: "predict a row",
      rule: "--data and --out are for tables",
      remedy: "Leave either the row or the flags out.",
      kind: "usage",
    });
  const location = modelLocation(context, options);
  await writeRows(
    context,
    location.model,
    await (await context.services.models()).predictRows(location, [row], explaining(options)),
  );
  return 0;
}

async function predict(context: Context, options: Options): Promise<number> {
  const location = modelLocation(context, options);
  if (typeof options.data === "string")
    return predictFile(context, location, fromHere(context.host, options.data), options);
  if (context.host.stdin.isTTY === true)
    throw new KaaykoError({
      action: "predict",
      rule: "it needs rows",
      remedy: "Name a file with --data FILE, or pipe rows in.",
      kind: "usage",
    });
  const piped = await readStdinRows(context.host.stdin as AsyncIterable<Buffer>);
  if (piped.kind === "rows" && options.out === undefined && options.keep === undefined && options.allOrigins !== true) {
    const predictions = await (await context.services.models()).predictRows(location, piped.rows, explaining(options));
    await writeRows(context, location.model, predictions);
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), "kaayko-stdin-"));
  try {
    const file = join(folder, piped.kind === "csv" ? "stdin.csv" : "stdin.jsonl");
    writeFileSync(
      file,
      piped.kind === "csv" ? piped.text : piped.rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
      { mode: 0o600 },
    );
    return await predictFile(context, location, file, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function explaining({ explain }: Options): { readonly explain: boolean } {
  return { explain: explain === true };
}

async function predictFile(context: Context, location: ModelLocation, data: string, options: Options): Promise<number> {
  const service = await context.services.models();
  const { output, host } = context;
  const keep = options.keep === "all" ? ("all" as const) : String(options.keep).split(",");
  const allOrigins = options.allOrigins === true;
  const timing = createTiming();
  const kept = {
    ...explaining(options),
    allOrigins,
    onError: options.onError as "stop" | "skip",
    onBatch: timing.add,
    ...(typeof options.keep === "string" ? { keep } : {}),
  };
  return withSignals(output, "Stopping", async (signals) => {
    const progress = createProgress(output);
    const watch: Watch = { observer: progress.observer, stop: signals.stop };
    try {
      if (typeof options.out === "string") {
        const written = await service.predictFile(location, { data, out: fromHere(host, options.out), ...kept }, watch);
        if (signals.exitCode() !== undefined) output.say("Interrupted; the same command goes on from there.");
        stopIfAsked(signals.exitCode());
        progress.finish(true);
        const { skipped = 0 } = written;
        const speed = options.watch === true ? { speed: timing.summary() } : {};
        await output.result({ schemaVersion: 1, model: location.model, out: options.out, ...written, ...speed }, () =>
          [
            `${formatPlural(written.rows, "row")} predicted, written to ${options.out}`,
            ...(skipped > 0 ? [`${formatPlural(skipped, "row")} without a prediction; column error says why`] : []),
            ...(options.watch === true ? [timing.line()] : []),
          ].join("\n"),
        );
        return 0;
      }
      const collected: JsonObject[] = [];
      const sink = async (rows: readonly JsonObject[]): Promise<void> => {
        if (output.switches.json) collected.push(...rows);
        else await output.data(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      };
      await service.predictFile(location, { data, sink, ...kept }, watch);
      stopIfAsked(signals.exitCode());
      if (options.watch === true) output.note(timing.line());
      if (output.switches.json) await writeRows(context, location.model, collected);
      return 0;
    } finally {
      progress.finish(false);
    }
  });
}

function stopIfAsked(exitCode: number | undefined): void {
  if (exitCode !== undefined) throw new Exit(exitCode);
}

async function writeRows({ output }: Context, model: string, predictions: readonly JsonObject[]): Promise<void> {
  if (output.switches.json) await output.result({ schemaVersion: 1, model, predictions }, () => "");
  else await output.data(predictions.map((row) => `${JSON.stringify(row)}\n`).join(""));
}
