import { Option } from "commander";
import { formatCount, formatNumber, paint, printable, renderConfusion, type Style } from "../../reports/index.ts";
import { examples, onRun, type Register } from "../context.ts";
import type { EvaluateDocument } from "../services.ts";
import { fromHere } from "../settings/resolve-folders.ts";
import { createProgress } from "../terminal/progress.ts";
import { withSignals } from "../terminal/signals.ts";
import { addModelFlags, modelLocation } from "./predict.ts";

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko evaluate --model houses --data sold-last-month.csv", "its target column must be in the file"],
  ]);
  addModelFlags(command);
  command.addOption(new Option("--data <FILE>", "Labelled table").makeOptionMandatory());
  command.addOption(new Option("--weight <COL>", "Column with the weight of each row"));
  onRun(command, context, async (_args, options) => {
    const { output } = context;
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

function renderEvaluation(document: EvaluateDocument, style: Style): string {
  const names = Object.keys(document.metrics);
  const width = Math.max(...names.map((name) => name.length), 0);
  const metrics = names.map((name) => `${printable(name).padEnd(width)}  ${formatNumber(document.metrics[name])}`);
  const title = `${printable(document.model)} on ${formatCount(document.rows)} rows of ${printable(document.data)}`;
  const confusion = document.confusion === undefined ? [] : ["", renderConfusion(document.confusion, style)];
  return [paint(style, "bold", title), ...metrics, ...confusion].join("\n");
}
