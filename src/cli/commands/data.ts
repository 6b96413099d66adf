import { Option } from "commander";
import { KaaykoError, type ParameterSpec } from "../../core/index.ts";
import { formatBytes, formatCount, formatPlural, paint, printable, renderSchema } from "../../reports/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { parseFlag } from "../settings/resolve.ts";
import { fromHere } from "../settings/resolve-folders.ts";
import { createProgress } from "../terminal/progress.ts";
import { withSignals } from "../terminal/signals.ts";

const ROWS: ParameterSpec = { name: "rows", type: "integer", min: 1, description: "Rows" };
const SEED: ParameterSpec = { name: "seed", type: "integer", min: 0, description: "Seed" };

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko data inspect houses.parquet", ""],
    ["kaayko data generate --out sample.parquet --rows 10000", ""],
  ]);
  const inspect = command
    .command("inspect")
    .description("Columns, kinds and statistics of a file")
    .argument("<file>", "Table to look at");
  inspect.addOption(new Option("--rows <N>", "Look at a sample of N rows only"));
  examples(inspect, [
    ["kaayko data inspect houses.parquet", ""],
    ["kaayko data inspect big.csv --rows 100000 --json", ""],
  ]);
  onRun(inspect, context, ([file], options) => inspectData(context, file!, options));
  const generate = command.command("generate").description("A synthetic table, the same for the same seed");
  generate.addOption(new Option("--out <FILE>", "File to write (.parquet)").makeOptionMandatory());
  generate.addOption(new Option("--recipe <NAME>", "Whose table (default: the only one)"));
  generate.addOption(new Option("--rows <N>", "Rows (default: the recipe's)"));
  generate.addOption(new Option("--seed <N>", "Seed (default: 42)"));
  examples(generate, [["kaayko data generate --out sample.parquet --rows 10000", ""]]);
  onRun(generate, context, (_args, options) => generateData(context, options));
};

async function inspectData(context: Context, file: string, options: Options): Promise<number> {
  const { output, host } = context;
  const service = await context.services.data();
  const rows = options.rows === undefined ? {} : { rows: Number(parseFlag(ROWS, options.rows)) };
  const table = await service.describe(fromHere(host, file), { statistics: true, ...rows });
  await output.result({ schemaVersion: 1, path: file, ...table }, () => {
    const size = `${table.rows === null ? "" : `${formatPlural(table.rows, "row")}, `}${formatPlural(table.columns.length, "column")}`;
    const title = `${printable(file)} (${table.format}): ${size}, ${formatBytes(table.bytes)}`;
    return `${paint(output.dataStyle, "bold", title)}\n${renderSchema(table.columns, output.dataStyle)}`;
  });
  return 0;
}

async function generateData(context: Context, options: Options): Promise<number> {
  const { output, host } = context;
  const service = await context.services.data();
  const request = {
    out: fromHere(host, String(options.out)),
    ...(options.recipe === undefined ? {} : { recipe: String(options.recipe) }),
    ...(options.rows === undefined ? {} : { rows: Number(parseFlag(ROWS, options.rows)) }),
    ...(options.seed === undefined ? {} : { seed: Number(parseFlag(SEED, options.seed)) }),
  };
  if (!request.out.endsWith(".parquet"))
    throw new KaaykoError({
      action: "generate data",
      rule: "the file must end in .parquet",
      got: String(options.out),
      remedy: "Name it, for example, sample.parquet.",
      kind: "usage",
    });
  return withSignals(output, "Stopping", async (signals) => {
    const progress = createProgress(output);
    try {
      const made = await service.generate(request, { observer: progress.observer, stop: signals.stop });
      progress.finish(true);
      const code = signals.exitCode();
      if (code !== undefined) return code;
      await output.result(
        { schemaVersion: 1, ...made },
        () =>
          `${formatCount(made.rows)} synthetic rows in ${printable(String(options.out))}; the target is ${made.target}\nsha256 ${made.sha256}`,
      );
      return 0;
    } finally {
      progress.finish(false);
    }
  });
}
