import { type CheckpointStore, localStore, openRun } from "../../src/checkpoints/index.ts";
import { KaaykoError } from "../../src/core/index.ts";
import type { FileSystem } from "../../src/storage/index.ts";
import { commitSteps, impatient, loadedStep } from "../checkpoints/scenario.ts";
import { faultyFileSystem } from "../storage/faulty-file-system.ts";
import { type SimulatedDisk, simulatedDisk } from "../storage/simulated-disk.ts";

class Killed extends Error {}

/** Something that commits on a file system and says which steps were acknowledged. */
export type Work = (store: CheckpointStore, acknowledged: (step: number) => void) => Promise<void>;

interface Ending {
  readonly acknowledged: number;
  /** False where the work ended before its n-th call. */
  readonly killed: boolean;
}

/** Does work on a file system up to call `at`, which is not made: what a SIGKILL at that point leaves behind. */
async function workUntil(fs: FileSystem, at: number, work: Work): Promise<Ending> {
  let dead = false;
  let acknowledged = 0;
  const faulty = faultyFileSystem(fs, {
    before: (call) => {
      if (call.number >= at) dead = true;
      if (dead) throw new Killed();
    },
  });
  try {
    await work(localStore("/runs", faulty), (step) => {
      if (!dead) acknowledged = Math.max(acknowledged, step);
    });
  } catch (error) {
    if (!dead) throw error;
  }
  return { acknowledged, killed: dead };
}

export interface KillCase {
  /** A disk as the work finds it; the same every time. Default an empty one. */
  readonly disk?: () => Promise<SimulatedDisk>;
  /** The step that is on that disk. Default 0. */
  readonly before?: number;
  readonly work: Work;
  /** What the crash leaves of the disk. */
  readonly crash: (disk: SimulatedDisk, call: number) => SimulatedDisk[];
  /** What else must hold on a disk once its run was opened again. Default nothing. */
  readonly check?: (store: CheckpointStore) => Promise<void>;
}

/**
 * Kills work before each of its calls and behind the last, one kill a run, and opens what is left: every acknowledged step,
 * or a later one, must be there, whole. What a kill behind a call leaves is what one before the next call leaves.
 *
 * @returns the number of calls
 * @throws where one was lost, naming the call
 */
export async function expectEveryKillSurvived(test: KillCase): Promise<number> {
  for (let at = 1; ; at++) {
    const disk = (await test.disk?.()) ?? simulatedDisk();
    const { acknowledged, killed } = await workUntil(disk, at, test.work);
    for (const left of test.crash(disk, at)) {
      await expectRecovered(left, Math.max(acknowledged, test.before ?? 0), `killed before call ${at}`);
      await test.check?.(localStore("/runs", left));
    }
    if (!killed) return at - 1;
  }
}

async function expectRecovered(disk: SimulatedDisk, acknowledged: number, context: string): Promise<void> {
  let step = 0;
  try {
    step = (await loadedStep(localStore("/runs", disk))).step;
  } catch (error) {
    // Killed before the run was created: there is nothing to resume.
    if (!(error instanceof KaaykoError) || error.kind !== "usage") throw new Error(context, { cause: error });
  }
  if (step < acknowledged) throw new Error(`${context}: step ${acknowledged} was acknowledged, ${step} is there`);
}

/** Opens the run, commits some further steps, closes it. */
export const goOn =
  (steps: number): Work =>
  async (store, acknowledged) => {
    const session = await openRun(store, "run-1", { inThread: true, lease: impatient() });
    const from = (session.latest?.position.step ?? 0) + 1;
    await commitSteps(session, from, from + steps - 1, acknowledged);
    await session.close();
  };
