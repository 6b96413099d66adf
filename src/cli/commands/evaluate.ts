import { Option } from "commander";
import { KaaykoError } from "../../core/index.ts";
import {
  formatCount,
  formatNumber,
  paint,
  printable,
  renderConfusion,
  renderStepTable,
  renderTable,
  type Style,
  tableOfSteps,
} from "../../reports/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import type { EntityScoresDocument, EvaluateDocument } from "../services.ts";
import { fromHere } from "../settings/resolve-folders.ts";
import { createProgress } from "../terminal/progress.ts";
import { withSignals } from "../terminal/signals.ts";
import { addModelFlags, modelLocation } from "./predict.ts";

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko evaluate --model houses --data sold-last-month.csv", "its target column must be in the file"],
    ["kaayko evaluate --data gold.conll --predictions tagged.conll", "two files of tags, no model"],
  ]);
  addModelFlags(command, false);
  command.addOption(new Option("--data <FILE>", "Labelled table").makeOptionMandatory());
  command.addOption(new Option("--weight <COL>", "Column with the weight of each row"));
  command.addOption(new Option("--predictions <FILE>", "Tags to score against those of --data, instead of a model's"));
  command.addOption(new Option("--strict", "With --predictions: tags are IOB2 to the letter"));
  onRun(command, context, async (_args, options) => {
    const { output } = context;
    if (options.predictions !== undefined) return scoreFiles(context, options);
    if (options.model === undefined) throw noModel();
    const service = await context.services.models();
    return withSignals(output, "Stopping", async (signals) => {
      const progress = createProgress(output);
      try {
        const data = fromHere(context.host, String(options.data));
        const weight = typeof options.weight === "string" ? { weight: options.weight } : {};
        const watch = { observer: progress.observer, stop: signals.stop };
        const document = await service.evaluate(modelLocation(context, options), { data, ...weight }, watch);
        progress.finish(true);
        const code = signals.exitCode();
        if (code !== undefined) return code;
        await output.result(document, () => renderEvaluation(document, output.dataStyle));
        return 0;
      } finally {
        progress.finish(false);
      }
    });
  });
};

async function scoreFiles(context: Context, options: Options): Promise<number> {
  const { host, output } = context;
  const document = await (await context.services.models()).scoreEntities({
    data: fromHere(host, String(options.data)),
    predictions: fromHere(host, String(options.predictions)),
    strict: options.strict === true,
  });
  await output.result(document, () => renderScores(document, output.dataStyle));
  return 0;
}

function noModel(): KaaykoError {
  return new KaaykoError({
    action: "evaluate",
    rule: "it needs a model, or predictions of entities",
    remedy: "Use --model NAME, or --predictions FILE for files of tags.",
    kind: "usage",
  });
}

function renderScores({ sentences, predictions, data, metrics, types }: EntityScoresDocument, style: Style): string {
  const title = `${printable(predictions)} against ${formatCount(sentences)} sentences of ${printable(data)}`;
  const rows = types.map(({ label, support, precision, recall, f1 }) => {
    const numbers = [precision, recall, f1].map((value) => formatNumber(value ?? 0));
    return [printable(label), ...numbers, formatCount(support)];
  });
  const overall = (name: string, prefix: string) => {
    const values = ["Precision", "Recall", "F1"].map((one) => formatNumber(metrics[`${prefix}${one}`] ?? 0));
    return [name, ...values, ""];
  };
  const means = [overall("micro", "entity"), overall("macro", "macro"), overall("weighted", "weighted")];
  const table = renderTable(
    [
      { title: "entity" },
      ...["precision", "recall", "F1", "entities"].map((name) => ({ title: name, align: "right" as const })),
    ],
    [...rows, ...means],
    style,
  );
  return [paint(style, "bold", title), table].join("\n");
}

function renderEvaluation(document: EvaluateDocument, style: Style): string {
  const names = Object.keys(document.metrics);
  const width = Math.max(...names.map((name) => name.length), 0);
  const metrics = names.map((name) => `${printable(name).padEnd(width)}  ${formatNumber(document.metrics[name])}`);
  const title = `${printable(document.model)} on ${formatCount(document.rows)} rows of ${printable(document.data)}`;
  const confusion = document.confusion === undefined ? [] : ["", renderConfusion(document.confusion, style)];
  const table = tableOfSteps([{ name: document.model, steps: document.steps ?? [] }]);
  const steps = table === null ? [] : ["", `By steps ahead: ${table.measures}`, renderStepTable(table, style)];
  return [paint(style, "bold", title), ...metrics, ...steps, ...confusion].join("\n");
}
