import { formatAge, formatBytes, printable, renderTable, type Style } from "../../reports/index.ts";
import { type Context, examples, type Options, onRun, type Register } from "../context.ts";
import { addCheckpointsDir, findRun, openRuns, stepText } from "../runs.ts";
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
  const checkpoints = await opened.service.listCheckpoints(opened.folder, run.id);
  await output.result({ schemaVersion: 1, run: run.id, checkpoints }, () =>
    checkpoints.length === 0
      ? `${printable(run.id)} has no checkpoint yet.`
      : `${printable(run.id)}\n${renderCheckpoints(checkpoints, output.dataStyle)}`,
  );
  return 0;
}

function renderCheckpoints(checkpoints: readonly CheckpointSummary[], style: Style): string {
  const now = Date.now();
  const age = (time: number | null): string => (time === null ? "never" : formatAge((now - time) / 1000));
  const rows = checkpoints.map((checkpoint) => [
    String(checkpoint.sequence),
    printable(checkpoint.position.stage),
    stepText(checkpoint.position),
    formatBytes(checkpoint.bytes),
    age(checkpoint.createdAt),
    age(checkpoint.verifiedAt),
    printable(checkpoint.position.note ?? ""),
  ]);
  const columns = [
    { title: "sequence", align: "right" as const },
    { title: "stage" },
    { title: "step", align: "right" as const },
    { title: "size", align: "right" as const, optional: 2 },
    { title: "age", align: "right" as const, optional: 1 },
    { title: "verified", align: "right" as const, optional: 3 },
    { title: "at", optional: 4 },
  ];
  return renderTable(columns, rows, style);
}
