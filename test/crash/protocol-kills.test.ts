import { describe, expect, it } from "vitest";
import {
  type CheckpointStore,
  cleanupRuns,
  createRun,
  localStore,
  pinCheckpoint,
  rollbackRun,
  verifyRun,
} from "../../src/checkpoints/index.ts";
import { randomStream } from "../../src/core/index.ts";
import { commitSteps, impatient, trainRun } from "../checkpoints/scenario.ts";
import { faultyFileSystem } from "../storage/faulty-file-system.ts";
import { type SimulatedDisk, simulatedDisk } from "../storage/simulated-disk.ts";
import { expectEveryKillSurvived, goOn, type Work } from "./kill-harness.ts";

const STEPS = 5;
const train: Work = (store, acknowledged) => trainRun(store, STEPS, acknowledged);
const kill = (disk: SimulatedDisk): SimulatedDisk[] => [disk.afterKill()];
const powerCut = (disk: SimulatedDisk, call: number): SimulatedDisk[] =>
  [0, 1].map((seed) => disk.afterPowerLoss(randomStream(seed, "power", call)));

async function cleanUp(store: CheckpointStore): Promise<void> {
  await cleanupRuns(store, { checkpoints: { last: 2, best: false } }, { lease: impatient() });
}

const onePowerCut = (disk: SimulatedDisk, call: number): SimulatedDisk[] => powerCut(disk, call).slice(0, 1);

/** A disk on which a run of five steps ended, with its newest checkpoint damaged. */
async function damagedDisk(): Promise<SimulatedDisk> {
  const disk = await trainedDisk();
  const manifest = Buffer.from(disk.files().get(`/runs/run-1/manifests/1-${STEPS}.json`)!).toString("utf8");
  const blob = /"name":"([0-9a-f]{64}(\.2)?)"/.exec(manifest)![1]!;
  const path = `/runs/run-1/blobs/1/${blob}`;
  const bytes = Buffer.from(disk.files().get(path)!);
  bytes[bytes.length >> 1]! ^= 16;
  disk.plant(path, bytes);
  return disk;
}

/** A disk on which a run of five steps ended. */
async function trainedDisk(): Promise<SimulatedDisk> {
  const disk = simulatedDisk();
  await trainRun(localStore("/runs", disk), STEPS);
  return disk;
}

/** A disk on which all five checkpoints of a run are kept and the first is pinned. */
async function pinnedDisk(): Promise<SimulatedDisk> {
  const disk = simulatedDisk();
  const store = localStore("/runs", disk);
  const policy = { save: { kind: "steps", steps: 1 }, keep: { last: STEPS } } as const;
  const session = await createRun(store, { inThread: true, lease: impatient(), policy, runId: "run-1", run: {} });
  await commitSteps(session, 1, STEPS);
  await session.close();
  await pinCheckpoint(store, "run-1", 1);
  return disk;
}

/** Prepares a disk once; every kill gets a copy of its own. */
async function copiesOf(prepare: () => Promise<SimulatedDisk>): Promise<() => Promise<SimulatedDisk>> {
  const disk = await prepare();
  return async () => disk.afterKill();
}

describe("killed at every call of the commit protocol", () => {
  it("a training loses no acknowledged commit to a SIGKILL", async () => {
    expect(await expectEveryKillSurvived({ work: train, crash: kill })).toBeGreaterThan(200);
  });

  it("a training loses no acknowledged commit to a power cut", async () => {
    expect(await expectEveryKillSurvived({ work: train, crash: powerCut })).toBeGreaterThan(200);
  });

  it("a recovery from damage, with the commits after it, loses nothing", async () => {
    const disk = await copiesOf(damagedDisk);
    const test = { disk, before: STEPS - 1, work: goOn(2) };
    expect(await expectEveryKillSurvived({ ...test, crash: powerCut })).toBeGreaterThan(100);
  });

  it("a rollback leaves the checkpoint that was asked for, or the newest", async () => {
    const disk = await copiesOf(trainedDisk);
    const work: Work = async (store) => {
      await rollbackRun(store, "run-1", STEPS - 1, { lease: impatient() });
    };
    expect(await expectEveryKillSurvived({ disk, before: STEPS - 1, work, crash: powerCut })).toBeGreaterThan(50);
  });

  it("a clean-up of checkpoints keeps the newest", async () => {
    const disk = await copiesOf(trainedDisk);
    const work: Work = (store) => cleanUp(store);
    expect(await expectEveryKillSurvived({ disk, before: STEPS, work, crash: powerCut })).toBeGreaterThan(50);
  });

  it("a clean-up of checkpoints leaves a pinned one whole", async () => {
    const work: Work = (store) => cleanUp(store);
    const disk = await copiesOf(pinnedDisk);
    const check = async (store: CheckpointStore): Promise<void> => {
      const { checkpoints } = await verifyRun(store, "run-1");
      expect(checkpoints.find(({ sequence }) => sequence === 1)).toMatchObject({ ok: true });
    };
    const calls = await expectEveryKillSurvived({ disk, before: STEPS, work, crash: onePowerCut, check });
    expect(calls).toBeGreaterThan(30);
  });
});

describe("the harness", () => {
  /** The whole training on a disk that only claims some syncs; true where a power cut is noticed to have cost a commit. */
  async function notices(lies: (path: string) => boolean): Promise<boolean> {
    const work: Work = async (store, acknowledged) => train(store, acknowledged);
    try {
      const crash = (disk: SimulatedDisk, call: number) =>
        [0, 1, 2].map((seed) => disk.afterPowerLoss(randomStream(seed, "lie", call)));
      await expectEveryKillSurvived({
        work: (store, acknowledged) => work(store, acknowledged),
        disk: async () => lyingDisk(lies),
        crash,
      });
      return false;
    } catch {
      return true;
    }
  }

  function lyingDisk(lies: (path: string) => boolean): SimulatedDisk {
    const disk = simulatedDisk();
    return { ...disk, ...faultyFileSystem(disk, { lies: (call) => lies(call.path) }) };
  }

  it.each([
    ["blobs", (path: string) => /blobs\/1\/\..*\.tmp$/.test(path)],
    ["manifests", (path: string) => /manifests\/\..*\.tmp$/.test(path)],
    ["the folder of blobs", (path: string) => path.endsWith("/blobs/1")],
    ["the folder of manifests", (path: string) => path.endsWith("/manifests")],
    ["the folder of a run", (path: string) => path.endsWith("/run-1")],
    ["the folder of runs", (path: string) => path.endsWith("/runs")],
  ])("notices that %s are not synced", async (_, lies) => {
    expect(await notices(lies)).toBe(true);
  });
});
