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
export type { Claimant, Ending, JobQueue, JobStatus, Listing } from "./queue.ts";
export type { JobStore } from "./store.ts";
export { folderJobStore } from "./stores/folder.ts";
export { memoryJobStore } from "./stores/memory.ts";
