/** Something taken out of the code, and the test that must miss it. */
export interface Mutation {
  readonly what: string;
  /** Below src/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The file below test/, and the beginning of the test's own name. */
  readonly noticedBy: readonly [file: string, test: string];
}

type Row = readonly [what: string, file: string, from: string, to: string, noticedBy: Mutation["noticedBy"]];

const POWER_CUT = ["crash/protocol-kills.test.ts", "a training loses no acknowledged commit to a power cut"] as const;
const RECOVERY = ["crash/protocol-kills.test.ts", "a recovery from damage, with the commits after it"] as const;
const FENCED = ["crash/fenced-owner.test.ts", "changes nothing that a reader sees (1"] as const;
const ATOMIC = ["storage/storage.test.ts", "has written for good once it returns"] as const;
const FOLDER = ["storage/storage.test.ts", "is there whole or not at all after a power cut"] as const;
const STREAMED = ["storage/streamed-file.test.ts", "is there for good once it is published"] as const;
const QUEUE_CUT = ["crash/job-queue-kills.test.ts", "a power cut before and after every call"] as const;
const SWAPPED = ["crash/damaged-files.test.ts", "are found: every two of a kind swapped"] as const;
const FOREIGN = ["crash/damaged-files.test.ts", "are found when they come from another run"] as const;
const FLIPPED = ["crash/damaged-files.test.ts", "with one bit flipped is found"] as const;

const SYNCS: readonly Row[] = [
  ["the sync of files", "storage/write-file.ts", "await uninterrupted(() => file.sync());", "", ATOMIC],
  [
    "the sync of a folder after a rename",
    "storage/write-file.ts",
    "    await syncFolder(fs, dirname(path));\n  });",
    "  });",
    ATOMIC,
  ],
  [
    "the sync of a folder after a link",
    "storage/write-file.ts",
    "if (published) await syncFolder(fs, dirname(path));",
    "",
    POWER_CUT,
  ],
  [
    "the second write after a failed sync",
    "storage/write-file.ts",
    "attempt >= 2 ||",
    "attempt >= 1 ||",
    ["storage/storage.test.ts", "writes again under a new name when a sync fails"],
  ],
  ["the sync above a new folder", "storage/folders.ts", "  await syncFolder(fs, dirname(path));\n}", "}", POWER_CUT],
  [
    "the sync inside a published folder",
    "storage/publish-folder.ts",
    "for (const path of folders) await syncFolder(fs, path);",
    "",
    FOLDER,
  ],
  ["the sync above a published folder", "storage/publish-folder.ts", "await syncFolder(fs, parent);", "", FOLDER],
  ["the sync of a streamed file", "storage/streamed-file.ts", "await uninterrupted(() => file.sync());", "", STREAMED],
  [
    "the sync above a streamed file",
    "storage/streamed-file.ts",
    "await withDiskErrors(action, () => syncFolder(fs, dirname(path)));",
    "",
    STREAMED,
  ],
  [
    "the sync of the folder of blobs",
    "checkpoints/stores/local.ts",
    "() => syncFolder(fs, path)",
    "async () => undefined",
    POWER_CUT,
  ],
  [
    "the sync where something is set aside",
    "checkpoints/stores/local.ts",
    "await syncFolder(fs, dirname(target));",
    "",
    ["checkpoints/stores.test.ts", "has moved and removed for good"],
  ],
  [
    "the sync where something was set aside from",
    "checkpoints/stores/local.ts",
    "await syncFolder(fs, dirname(path));",
    "",
    ["checkpoints/stores.test.ts", "has moved and removed for good"],
  ],
  [
    "the sync after removals",
    "checkpoints/stores/local.ts",
    "for (const path of folders) await syncExisting(fs, path);",
    "",
    ["checkpoints/stores.test.ts", "has moved and removed for good"],
  ],
  [
    "the sync after a whole removal",
    "checkpoints/stores/local.ts",
    "await syncExisting(fs, dirname(path));",
    "",
    ["checkpoints/stores.test.ts", "has moved and removed for good"],
  ],
  [
    "the sync after each revision that is removed",
    "jobs/stores/folder.ts",
    "await syncFolder(fs, revisions);",
    "",
    QUEUE_CUT,
  ],
  [
    "manifests removed before their blobs",
    "checkpoints/retention.ts",
    "    await this.#removeManifests(dropped);\n    this.#live",
    "    this.#live",
    ["checkpoints/runs.test.ts", "keep their last checkpoints and the best one"],
  ],
];

const HASHES: readonly Row[] = [
  [
    "the hash of a blob",
    "checkpoints/load-state.ts",
    "if (hash !== name.slice(0, hash.length))",
    "if (hash === name)",
    FLIPPED,
  ],
  ["the hash of a manifest", "storage/sealed-json.ts", "if (sha256(json) !== hash)", "if (json === hash)", FLIPPED],
  [
    "the name in a manifest",
    "checkpoints/manifest.ts",
    "content.token === at.token && content.sequence === at.sequence",
    "true",
    SWAPPED,
  ],
  [
    "the run in a manifest",
    "checkpoints/read-chain.ts",
    "if (runHash !== undefined && manifest.run !== runHash) throw foreign(at);",
    "",
    FOREIGN,
  ],
  [
    "the check of a prefix",
    "checkpoints/pack-state.ts",
    'hash.copy().digest("hex") === before.digest',
    "true",
    ["checkpoints/pack-state.test.ts", "take nothing for granted of an array under a known name"],
  ],
  [
    "blobs of two bases",
    "checkpoints/lay-out-blobs.ts",
    '(packed.base === 1 ? "" : ".2")',
    '""',
    ["crash/damaged-files.test.ts", "loses every other checkpoint at most"],
  ],
  [
    "the token in a lease",
    "checkpoints/lease.ts",
    "content.token === token && isProcessIdentity",
    "isProcessIdentity",
    ["checkpoints/ownership.test.ts", "is not told by a lease"],
  ],
  [
    "the hash of what a partial file keeps",
    "storage/partial-file.ts",
    'hash.copy().digest("hex") === kept.sha256',
    "true",
    ["storage/partial-file.test.ts", "keeps nothing that is not what was written"],
  ],
  [
    "the name in a job's revision",
    "jobs/job-document.ts",
    'if (job.id !== id || job.revision !== revision) return "number";',
    "",
    ["jobs/queue.test.ts", "takes no revision for that of another job"],
  ],
];

const EXCLUSIVE: readonly Row[] = [
  [
    "the exclusive link",
    "storage/write-file.ts",
    "fs.link(temporary, path)",
    "fs.rename(temporary, path)",
    ["storage/storage.test.ts", "lets exactly one of many win"],
  ],
  [
    "the exclusive creation without links",
    "storage/file-system.ts",
    "constants.O_CREAT | constants.O_EXCL",
    "constants.O_CREAT",
    ["storage/storage.test.ts", "creates exclusively in place where there are no links"],
  ],
  [
    "the publication of a lease",
    "checkpoints/lease.ts",
    "if (!(await createLease(store, runId, token))) continue;",
    "await createLease(store, runId, token);",
    ["checkpoints/ownership.test.ts", "is another's who was faster"],
  ],
  [
    "the name of a run that is free",
    "checkpoints/open-run.ts",
    "if (!(await createLease(store, runId, token))) throw alreadyThere(runId);",
    "await createLease(store, runId, token);",
    ["checkpoints/ownership.test.ts", "is refused for a run"],
  ],
  [
    "the name of a checkpoint that is free",
    "checkpoints/committer.ts",
    "if (!(await this.#store.create(manifestKey(this.#run.runId, manifest), bytes)))",
    "if ((await this.#store.create(manifestKey(this.#run.runId, manifest), bytes)) === undefined)",
    ["checkpoints/ownership.test.ts", "is refused for a checkpoint"],
  ],
  [
    "the name of an opening that is free",
    "checkpoints/open-run.ts",
    "if (!(await store.create(manifestKey(runId, at), sealManifest(content).text)))",
    "if ((await store.create(manifestKey(runId, at), sealManifest(content).text)) === undefined)",
    ["checkpoints/ownership.test.ts", "is refused for an opening"],
  ],
  [
    "the publication of a revision",
    "jobs/create-queue.ts",
    "if (!(await store.publish(job, encodeJob(job)))) return undefined;",
    "await store.publish(job, encodeJob(job));",
    ["jobs/queue.test.ts", "keeps one result: who comes second"],
  ],
  [
    "the number of a new job",
    "jobs/create-queue.ts",
    "if (await store.publish(job, encodeJob(job))) return job;",
    "await store.publish(job, encodeJob(job));\n        return job;",
    ["jobs/queue.test.ts", "gives numbers in order, also to twenty at once"],
  ],
  [
    "the reservation of a version",
    "storage/publish-folder.ts",
    "if (await publishExclusive(mark, holder, fs)) return name;",
    "await publishExclusive(mark, holder, fs);\n    return name;",
    ["storage/storage.test.ts", "reserves another version for each of several runs"],
  ],
];

const OWNERSHIP: readonly Row[] = [
  [
    "the look at the lease before an acknowledgement",
    "checkpoints/committer.ts",
    "      await this.#lease.check();\n      this.#parent",
    "      this.#parent",
    ["checkpoints/ownership.test.ts", "is looked at again behind each checkpoint"],
  ],
  [
    "the look at the lease after a heartbeat",
    "checkpoints/saver.ts",
    "this.#lease.check().catch",
    "Promise.resolve().catch",
    ["checkpoints/ownership.test.ts", "is learned between two commits"],
  ],
  [
    "a lease that was lost is not given back",
    "checkpoints/lease.ts",
    "if ((await newestToken(this.#store, this.#runId)) !== this.token) return;",
    "",
    ["checkpoints/ownership.test.ts", "is not given back where the run was removed"],
  ],
  [
    "the second look at the newest lease",
    "checkpoints/lease.ts",
    "if ((await newestToken(store, runId)) !== token) continue;",
    "",
    ["checkpoints/ownership.test.ts", "is not had by a token that others used"],
  ],
  [
    "the heartbeat of a living owner",
    "checkpoints/lease.ts",
    "if (beat !== held.beat) throw leasedBy(runId, held);",
    "",
    ["checkpoints/ownership.test.ts", "is not told by a lease"],
  ],
  [
    "the limits of an opening",
    "checkpoints/read-chain.ts",
    "return at.sequence <= (opening.readable[String(at.token)] ?? 0);",
    "return true;",
    FENCED,
  ],
  [
    "the sweep of own and earlier tokens only",
    "checkpoints/retention.ts",
    "at.token <= token && !kept",
    "!kept",
    FENCED,
  ],
  [
    "the sweep of own and earlier blobs only",
    "checkpoints/retention.ts",
    "|| Number(folder) > token) continue;",
    ") continue;",
    FENCED,
  ],
  [
    "no sweep before the first own checkpoint",
    "checkpoints/retention.ts",
    "if (this.#live[0]?.token !== token) return;",
    "",
    ["checkpoints/runs.test.ts", "can still be undone after a clean-up"],
  ],
  [
    "blobs of the own token only",
    "checkpoints/retention.ts",
    "this.#live.filter((checkpoint) => checkpoint.token === this.#run.token)",
    "this.#live",
    ["checkpoints/session.test.ts", "writes what an owner before it wrote, too, under its own token"],
  ],
  [
    "the pins",
    "checkpoints/retention.ts",
    "go.size > 0 || this.#sweep ?",
    "this.#sweep ?",
    ["checkpoints/runs.test.ts", "stay while their run goes on"],
  ],
  [
    "the beginning of a job that is there",
    "jobs/create-queue.ts",
    "return (await reader.isReal(job)) ? job : undefined;",
    "return job;",
    ["jobs/queue.test.ts", "a claim that was prepared before its job was removed"],
  ],
  [
    "the owner of a job that another took",
    "jobs/attempt.ts",
    "newest.attempts === mine.attempts && newest.owner?.worker === mine.owner?.worker",
    "true",
    ["jobs/worker.test.ts", "ends the process of a job that another worker took over"],
  ],
  [
    "the death of a job's process",
    "jobs/recover.ts",
    'if (child === null || fateOf(child) !== "alive") return false;',
    "return false;",
    ["jobs/worker.test.ts", "waits for the process that outlives its worker"],
  ],
  [
    "the life of another's worker",
    "jobs/recover.ts",
    'if (fate === "alive") return undefined;',
    "",
    ["jobs/worker.test.ts", "leaves a job to a worker of this machine that lives"],
  ],
];

export const MUTATIONS: readonly Mutation[] = [...SYNCS, ...HASHES, ...EXCLUSIVE, ...OWNERSHIP].map(
  ([what, file, from, to, noticedBy]) => ({ what, file, from, to, noticedBy }),
);
