import { KaaykoError, type RunObserver } from "../core/index.ts";
import {
  formatCount,
  formatNumber,
  printable,
  renderSchema,
  renderTrainReport,
  type SchemaRow,
  type Style,
  type TrainDocument,
} from "../reports/index.ts";
import type { Context } from "./context.ts";
import type { Watch } from "./services.ts";
import { describeFailure, errorDocument, sayFailure } from "./terminal/failure.ts";
import { createProgress } from "./terminal/progress.ts";
import { withSignals } from "./terminal/signals.ts";

const INTERRUPTED = 130;

/**
 * Runs or continues a training in front of a person or a script: progress, signals, the result, the exit code.
 *
 * @param checkpointsDir as the user named it, for the command that resumes
 */
export async function runTraining(
  context: Context,
  checkpointsDir: string,
  begin: (watch: Watch) => Promise<TrainDocument>,
): Promise<number> {
  const { output } = context;
  return withSignals(output, "Finishing the step and saving", async (signals) => {
    const progress = createProgress(output);
    let document: TrainDocument | undefined;
    try {
      const onSchema = (rows: readonly SchemaRow[]) => progress.observer.notice(schemaText(rows, output.talkStyle));
      document = await begin({ observer: reporting(progress.observer, context), stop: signals.stop, onSchema });
    } finally {
      progress.finish(document !== undefined && document.status !== "interrupted");
    }
    if (document.status === "interrupted") {
      output.say(
        `Interrupted; everything up to the last step is saved. Go on with:\n  ${resumeCommand(document.run, checkpointsDir)}`,
      );
      if (output.switches.json) await output.result(document, () => "");
      return signals.exitCode() ?? INTERRUPTED;
    }
    return finished(context, document);
  });
}

/** Tells whoever started this process, too. */
function reporting(observer: RunObserver, { host }: Context): RunObserver {
  const { onProgress } = host;
  if (onProgress === undefined) return observer;
  return {
    ...observer,
    progress: (progress) => {
      observer.progress(progress);
      onProgress(progress);
    },
  };
}

/** Columns that are shown one by one; of a wider table, how many there are of each kind. */
const COLUMNS_SHOWN = 48;

function schemaText(rows: readonly SchemaRow[], style: Style): string {
  if (rows.length <= COLUMNS_SHOWN) return renderSchema(rows, style);
  const counts = new Map<string, number>();
  for (const { kind } of rows) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const kinds = [...counts].map(([kind, count]) => `${formatCount(count)} ${kind}`).join(", ");
  return `${formatCount(rows.length)} columns: ${kinds}`;
}

async function finished(context: Context, document: TrainDocument): Promise<number> {
  const { output } = context;
  const missed = document.gate !== undefined && !document.gate.passed;
  const failure = missed ? describeFailure(gateError(document.gate!)) : undefined;
  const shown = failure === undefined ? document : { ...document, error: errorDocument(failure) };
  await output.result(shown, () => reportText(document, output.dataStyle));
  if (failure !== undefined) sayFailure(failure, output);
  return failure?.exitCode ?? (document.status === "failed" ? 1 : 0);
}

function reportText(document: TrainDocument, style: Style): string {
  const { benchmarkPath, benchmarkPage } = document;
  const written =
    benchmarkPath === undefined ? [] : [`Results: ${printable(benchmarkPath)}, drawn in ${printable(benchmarkPage!)}`];
  return [renderTrainReport(document, style), ...written].join("\n");
}

function gateError(gate: NonNullable<TrainDocument["gate"]>): KaaykoError {
  return new KaaykoError({
    action: "accept the champion",
    rule: `its test metrics must have ${gate.rule}`,
    got: `${gate.metric} ${formatNumber(gate.value)}`,
    remedy: "No model was published. The run and its report are kept.",
    kind: "gate",
  });
}

/** The exact command that goes on with a run. */
export function resumeCommand(run: string, checkpointsDir: string): string {
  const words = ["kaayko", "resume", run];
  if (checkpointsDir !== "checkpoints") words.push("--checkpoints-dir", checkpointsDir);
  return words.map(quoted).join(" ");
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[\w./@:=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
