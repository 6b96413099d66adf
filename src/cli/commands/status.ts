import { formatBytes, paint, printable, renderTable, type Style } from "../../reports/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { addCheckpointsDir, ageText, findRun, openRuns, stepText } from "../runs.ts";
import type { RunStatus, RunSummary } from "../services.ts";

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
    ["kaayko status --json", ""],
  ]);
  command.argument("[run]", "The run's name");
  addCheckpointsDir(command);
  onRun(command, context, ([run], options) => status(context, run, options));
};

/** Shows where runs stand. */
export async function status(context: Context, name: string | undefined, options: Options): Promise<number> {
  const opened = await openRuns(context, options);
  const runs = name === undefined ? opened.runs : [findRun(opened, name, `show ${name}`)];
  const { output } = context;
  await output.result({ schemaVersion: 1, runs }, () =>
    runs.length === 0 ? `No runs in ${printable(opened.folder)}.` : renderRuns(runs, output.dataStyle),
  );
  return 0;
}

function renderRuns(runs: readonly RunSummary[], style: Style): string {
  const rows = runs.map((run) => [
    printable(run.runId),
    paint(style, COLORS[run.status], run.pid === null ? run.status : `${run.status} (process ${run.pid})`),
    printable(run.position?.stage ?? "-"),
    stepText(run.position),
    ageText(run.savedAt ?? run.createdAt, "-"),
    formatBytes(run.bytes),
    printable(run.position?.note ?? ""),
  ]);
  const columns = [
    { title: "run" },
    { title: "status" },
    { title: "stage", optional: 2 },
    { title: "step", align: "right" as const, optional: 3 },
    { title: "saved", align: "right" as const, optional: 1 },
    { title: "size", align: "right" as const, optional: 5 },
    { title: "at", optional: 4 },
  ];
  return renderTable(columns, rows, style);
}
