import { type Command, Option } from "commander";
import { type CheckpointPosition, KaaykoError, unknownName } from "../core/index.ts";
import { formatAge } from "../reports/text/index.ts";
import type { Context, Options } from "./context.ts";
import type { CheckpointService, RunSummary } from "./services.ts";
import { fromHere, resolveFolders } from "./settings/resolve-folders.ts";

/** The flag of every command that looks at runs. */
export function addCheckpointsDir(command: Command): void {
  command.addOption(new Option("--checkpoints-dir <DIR>", "Where runs are kept (default: checkpoints)"));
}

export interface RunsFolder {
  readonly service: CheckpointService;
  readonly folder: string;
  readonly runs: readonly RunSummary[];
}

/** All runs, newest first. */
export async function openRuns(context: Context, options: Options): Promise<RunsFolder> {
  const folder = fromHere(context.host, resolveFolders(context.host, options).checkpointsDir);
  const service = await context.services.checkpoints();
  return { service, folder, runs: await service.listRuns(folder) };
}

/**
 * The run with a name; without one, the newest.
 *
 * @throws KaaykoError (usage) where there is none
 */
export function findRun({ runs, folder }: RunsFolder, name: string | undefined, action: string): RunSummary {
  const found = name === undefined ? runs[0] : runs.find((run) => run.runId === name);
  if (found !== undefined) return found;
  if (name !== undefined && runs.length > 0)
    throw unknownName(
      "run",
      name,
      runs.map((run) => run.runId),
    );
  throw new KaaykoError({
    action,
    rule: `there are no runs in ${folder}`,
    remedy: "kaayko train starts one; --checkpoints-dir DIR looks elsewhere.",
    kind: "usage",
  });
}

/** `117/500`, or what is known of it. */
export function stepText(
  position: (Pick<CheckpointPosition, "step"> & { readonly total?: number | null }) | null,
): string {
  if (position === null) return "-";
  return position.total === undefined || position.total === null
    ? String(position.step)
    : `${position.step}/${position.total}`;
}

/** How long ago something was saved, for a table. */
export function ageText(time: string | null, otherwise: string): string {
  const then = time === null ? Number.NaN : Date.parse(time);
  return Number.isNaN(then) ? otherwise : formatAge(Math.max(0, (Date.now() - then) / 1000));
}
