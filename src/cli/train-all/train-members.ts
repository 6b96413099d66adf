import { KaaykoError } from "../../core/index.ts";
import type { TrainDocument } from "../../reports/index.ts";
import type { Context } from "../context.ts";
import type { RunSummary, TrainingService, Watch } from "../services.ts";
import { describeFailure, errorDocument } from "../terminal/failure.ts";
import type { Member } from "./members.ts";

/** How training one of several recipes ended. */
export interface MemberResult {
  readonly recipe: string;
  /** "finished before": an earlier command trained it, with the same settings and data. */
  readonly status: "trained" | "finished before" | "failed" | "interrupted" | "not begun";
  readonly run: string | null;
  readonly document: TrainDocument | null;
  readonly error: ReturnType<typeof errorDocument> | null;
}

export interface MembersOptions {
  readonly checkpointsDir: string;
  readonly continueOnError: boolean;
  /** Trains again what is finished. */
  readonly fresh: boolean;
  /** Told what begins. */
  readonly onBegin: (member: Member, index: number, how: string) => void;
}

/** Trains recipes one after another: goes on where an earlier command was stopped, and leaves what it finished as it is. */
export async function trainMembers(
  context: Context,
  members: readonly Member[],
  options: MembersOptions,
  watch: Watch,
): Promise<MemberResult[]> {
  const training = await context.services.training();
  const checkpoints = await context.services.checkpoints();
  const results: MemberResult[] = [];
  let over = false;
  for (const [index, member] of members.entries()) {
    if (over || watch.stop.aborted) {
      results.push({ recipe: member.recipe, status: "not begun", run: null, document: null, error: null });
      continue;
    }
    const runs = await checkpoints.listRuns(options.checkpointsDir);
    const plan = planOf(member, runs, options.fresh);
    options.onBegin(member, index, plan.how);
    const result = await trainMember(training, member, plan, options.checkpointsDir, watch);
    results.push(result);
    over = result.status === "interrupted" || (result.status === "failed" && !options.continueOnError);
  }
  return results;
}

interface Plan {
  readonly run: string;
  /** "new" begins the run; the others go on with it. */
  readonly how: "new" | "going on" | "finished before";
}

/** The newest run of a member that can be gone on with, or a new one. */
function planOf({ runName }: Member, runs: readonly RunSummary[], fresh: boolean): Plan {
  const own = runs
    .flatMap((run) => {
      const number = numberOf(run.runId, runName);
      return number === null ? [] : [{ ...run, number }];
    })
    .sort((a, b) => b.number - a.number);
  const next = (own[0]?.number ?? 0) + 1;
  const latest = own[0];
  // A run that was stopped before its first checkpoint has nothing to go on from.
  const begins = latest === undefined || (latest.position === null && latest.status !== "running");
  if (begins || (fresh && latest.status === "completed"))
    return { run: next === 1 ? runName : `${runName}-${next}`, how: "new" };
  return { run: latest.runId, how: latest.status === "completed" ? "finished before" : "going on" };
}

/** 1 for a member's first run, n for `<name>-<n>`; null for another's. */
function numberOf(runId: string, runName: string): number | null {
  if (runId === runName) return 1;
  const number = runId.startsWith(`${runName}-`) ? Number(runId.slice(runName.length + 1)) : Number.NaN;
  return Number.isSafeInteger(number) && number > 1 ? number : null;
}

async function trainMember(
  training: TrainingService,
  { recipe, request }: Member,
  { run, how }: Plan,
  checkpointsDir: string,
  watch: Watch,
): Promise<MemberResult> {
  try {
    const document =
      how === "new"
        ? await training.start({ ...request, runId: run }, watch)
        : await training.resume({ checkpointsDir, run, changes: {}, algorithmChanges: {}, fork: false }, watch);
    if (document.status === "interrupted") return { recipe, status: "interrupted", run, document, error: null };
    if (document.status === "failed") return { recipe, status: "failed", run, document, error: gateError(document) };
    return { recipe, status: how === "finished before" ? how : "trained", run, document, error: null };
  } catch (error) {
    if (watch.stop.aborted && error instanceof Error && error.name === "AbortError")
      return { recipe, status: "interrupted", run, document: null, error: null };
    return { recipe, status: "failed", run, document: null, error: errorDocument(describeFailure(error)) };
  }
}

function gateError({ gate }: TrainDocument): ReturnType<typeof errorDocument> {
  const error = new KaaykoError({
    action: "accept the champion",
    rule: gate === undefined ? "it must have been trained" : `its test metrics must have ${gate.rule}`,
    ...(gate === undefined ? {} : { got: `${gate.metric} ${gate.value}` }),
    remedy: "No model was published. The run and its report are kept.",
    kind: "gate",
  });
  return errorDocument(describeFailure(error));
}
