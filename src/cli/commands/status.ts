import { setTimeout as sleep } from "node:timers/promises";
import { Option } from "commander";
import type { RunProgress } from "../../checkpoints/index.ts";
import { KaaykoError } from "../../core/index.ts";
import {
  formatBytes,
  formatNumber,
  formatSeconds,
  paint,
  printable,
  renderTable,
  type Style,
} from "../../reports/text/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { jobsSection } from "../jobs-section.ts";
import { addCheckpointsDir, ageText, findRun, openRuns, stepText } from "../runs.ts";
import type { RunStatus, RunSummary } from "../services.ts";
import { withSignals } from "../terminal/signals.ts";

const REDRAWN_MS = 1000;
const PRINTED_MS = 10_000;

const COLORS: Record<RunStatus, "green" | "cyan" | "yellow" | "red"> = {
  completed: "green",
  running: "cyan",
  interrupted: "yellow",
  failed: "red",
};

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko status", "all runs, the newest first"],
    ["kaayko status houses-7k2m", "one of them"],
    ["kaayko status --watch", "live, with rate and time left"],
    ["kaayko status --json", ""],
  ]);
  command.argument("[run]", "The run's name");
  command.addOption(new Option("--watch", "Show it live until nothing runs any more; Ctrl-C ends it"));
  addCheckpointsDir(command);
  onRun(command, context, ([run], options) =>
    options.watch === true ? watchStatus(context, run, options) : status(context, run, options),
  );
};

/** Shows where runs stand. */
export async function status(context: Context, name: string | undefined, options: Options): Promise<number> {
  const { output } = context;
  const { runs, folder } = await chosenRuns(context, name, options);
  const jobs = await jobsSection(context, options);
  await output.result({ schemaVersion: 1, runs, jobs: jobs.documents }, () => {
    const text = runs.length === 0 ? `No runs in ${printable(folder)}.` : renderRuns(runs, output.dataStyle);
    return [text, jobs.text(output.dataStyle)].filter(Boolean).join("\n\n");
  });
  return 0;
}

async function chosenRuns(
  context: Context,
  name: string | undefined,
  options: Options,
): Promise<{ readonly runs: readonly RunSummary[]; readonly folder: string }> {
  const opened = await openRuns(context, options);
  return { runs: name === undefined ? opened.runs : [findRun(opened, name, `show ${name}`)], folder: opened.folder };
}

/** Shows the same again and again: in place on a terminal, else at most every 10 s when something has changed. */
async function watchStatus(context: Context, name: string | undefined, options: Options): Promise<number> {
  const { output, host } = context;
  if (output.switches.json)
    throw new KaaykoError({
      action: "watch runs",
      rule: "--json prints one document",
      remedy: "Leave --watch out and ask again, or leave --json out.",
      kind: "usage",
    });
  const inPlace = host.stdout.isTTY === true && host.env.TERM !== "dumb";
  return withSignals(output, "Watching no longer", async ({ stop, exitCode }) => {
    let shown = "";
    for (;;) {
      const { runs, folder } = await chosenRuns(context, name, options);
      const text = runs.length === 0 ? `No runs in ${printable(folder)}.` : renderRuns(runs, output.dataStyle);
      if (inPlace) await output.data(`${eraser(shown)}${text}\n`);
      else if (text !== shown) await output.data(`${text}\n`);
      shown = text;
      if (!runs.some((run) => run.status === "running")) return 0;
      await sleep(inPlace ? REDRAWN_MS : PRINTED_MS, undefined, { signal: stop }).catch(() => undefined);
      if (stop.aborted) return exitCode() ?? 0;
    }
  });
}

/** Moves the cursor back to the first line of what was shown, and clears from there. */
function eraser(shown: string): string {
  return shown === "" ? "" : `\u001b[${shown.split("\n").length}A\u001b[J`;
}

function renderRuns(runs: readonly RunSummary[], style: Style): string {
  const running = runs.some((run) => (run.progress ?? null) !== null);
  const rows = runs.map((run) => [
    printable(run.runId),
    paint(style, COLORS[run.status], run.pid === null ? run.status : `${run.status} (process ${run.pid})`),
    printable(run.progress?.stage ?? run.position?.stage ?? "-"),
    stepText(run.progress ?? run.position),
    ...(running ? [rateText(run.progress ?? null), leftText(run.progress ?? null)] : []),
    ageText(run.savedAt ?? run.createdAt, "-"),
    formatBytes(run.bytes),
    printable(run.progress?.subject ?? run.position?.note ?? ""),
  ]);
  const right = { align: "right" as const };
  const columns = [
    { title: "run" },
    { title: "status" },
    { title: "stage", optional: 2 },
    { title: "step", ...right, optional: 3 },
    ...(running
      ? [
          { title: "rate", ...right, optional: 4 },
          { title: "left", ...right },
        ]
      : []),
    { title: "saved", ...right, optional: 1 },
    { title: "size", ...right, optional: 6 },
    { title: "at", optional: 5 },
  ];
  return renderTable(columns, rows, style);
}

function rateText(progress: RunProgress | null): string {
  return progress?.perSecond ? `${formatNumber(progress.perSecond)} ${progress.unit}/s` : "";
}

function leftText(progress: RunProgress | null): string {
  return progress?.secondsLeft ? formatSeconds(progress.secondsLeft) : "";
}
