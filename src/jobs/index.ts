export { beginJob, type JobBeginning } from "./begin-job.ts";
export { type JobCommand, startJobProcess } from "./child-process.ts";
export { createQueue } from "./create-queue.ts";
export {
  type DamagedJob,
  isFinished,
  type Job,
  type JobNeeds,
  type JobPriority,
  type JobProgress,
  type JobSpec,
  type JobState,
  jobName,
  PRIORITIES,
} from "./job.ts";
export type { JobEvents, JobExit, JobProcess, LaunchJob } from "./launch.ts";
export { parseProgress } from "./progress.ts";
export type { Claimant, Ending, JobQueue, JobStatus, Listing } from "./queue.ts";
export type { JobStore } from "./store.ts";
export { folderJobStore } from "./stores/folder.ts";
export { memoryJobStore } from "./stores/memory.ts";
export { runWorker, type WorkerOptions } from "./worker.ts";
export type { WorkerNote } from "./workers.ts";
