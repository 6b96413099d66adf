import { formatBytes, paint, printable, renderTable, type Style } from "../../reports/text/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { addCheckpointsDir, ageText, findRun, openRuns, stepText } from "../runs.ts";
import type { CheckpointSummary } from "../services.ts";

export const register: Register = (command, context) => {
  examples(command, [
    ["kaayko list-checkpoints", "of the newest run"],
    ["kaayko list-checkpoints houses-7k2m", ""],
    ["kaayko rollback houses-7k2m --to 12", "go back to one of them"],
  ]);
  command.argument("[run]", "The run's name (default: the newest)");
  addCheckpointsDir(command);
  onRun(command, context, ([run], options) => listCheckpoints(context, run, options));
};

/** Shows a run's checkpoints without reading their contents. */
export async function listCheckpoints(context: Context, name: string | undefined, options: Options): Promise<number> {
  const opened = await openRuns(context, options);
  const { output } = context;
  if (name === undefined && opened.runs.length === 0) {
    await output.result(
      { schemaVersion: 1, run: null, checkpoints: [] },
      () => `No runs in ${printable(opened.folder)}.`,
    );
    return 0;
  }
  const run = findRun(opened, name, "list checkpoints");
  const checkpoints = await opened.service.listCheckpoints(opened.folder, run.runId);
  await output.result({ schemaVersion: 1, run: run.runId, checkpoints }, () =>
    checkpoints.length === 0
      ? `${printable(run.runId)} has no checkpoint yet.`
      : `${printable(run.runId)}\n${renderCheckpoints(checkpoints, output.dataStyle)}`,
  );
  return 0;
}

function renderCheckpoints(checkpoints: readonly CheckpointSummary[], style: Style): string {
  const rows = checkpoints.map(({ sequence, position, bytes, savedAt, verifiedAt, state, pinned }) => [
    pinned === true ? `${sequence} ${paint(style, "cyan", "pinned")}` : String(sequence),
    printable(position?.stage ?? "-"),
    stepText(position),
    formatBytes(bytes),
    ageText(savedAt, "-"),
    ageText(verifiedAt, "never"),
    state === "good" ? "" : paint(style, state === "damaged" ? "red" : "yellow", state),
    printable(position?.note ?? ""),
  ]);
  const columns = [
    { title: "sequence", align: "right" as const },
    { title: "stage" },
    { title: "step", align: "right" as const },
    { title: "size", align: "right" as const, optional: 2 },
    { title: "saved", align: "right" as const, optional: 1 },
    { title: "verified", align: "right" as const, optional: 3 },
    ...(checkpoints.every(({ state }) => state === "good") ? [] : [{ title: "state" }]),
    { title: "at", optional: 4 },
  ];
  const states = columns.some(({ title }) => title === "state");
  return renderTable(columns, states ? rows : rows.map((row) => row.filter((_, index) => index !== 6)), style);
}
