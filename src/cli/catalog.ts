import type { Register } from "./context.ts";

export interface CatalogEntry {
  readonly name: string;
  readonly summary: string;
  readonly heading: string;
  /** Loads the command's own module: no start pays for another command. */
  readonly load: () => Promise<{ readonly register: Register }>;
}

/** Every command, in the order of the help. */
export const CATALOG: readonly CatalogEntry[] = [
  {
    name: "train",
    heading: "Learn:",
    summary: "Train algorithms on a table, compare them, save the best",
    load: () => import("./commands/train.ts"),
  },
  {
    name: "resume",
    heading: "Learn:",
    summary: "Go on with an interrupted run, from the exact step",
    load: () => import("./commands/resume.ts"),
  },
  {
    name: "train-all",
    heading: "Learn:",
    summary: "Train several recipes, such as all of the assistant's, with one summary",
    load: () => import("./commands/train-all.ts"),
  },
  {
    name: "benchmark",
    heading: "Learn:",
    summary: "Measure algorithms against references and other programs",
    load: () => import("./commands/benchmark.ts"),
  },
  {
    name: "v1",
    heading: "Learn:",
    summary: "train, asking every open question",
    load: () => import("./commands/presets.ts"),
  },
  {
    name: "v2",
    heading: "Learn:",
    summary: "train for scripts, never asking",
    load: () => import("./commands/presets.ts"),
  },
  {
    name: "v3",
    heading: "Learn:",
    summary: "train with checkpoints: goes on with the last run where there is one",
    load: () => import("./commands/presets.ts"),
  },
  {
    name: "status",
    heading: "Runs and checkpoints:",
    summary: "Where every run stands",
    load: () => import("./commands/status.ts"),
  },
  {
    name: "queue",
    heading: "Background jobs:",
    summary: "List background jobs; add, cancel, pause, resume, remove them",
    load: () => import("./commands/queue.ts"),
  },
  {
    name: "logs",
    heading: "Background jobs:",
    summary: "What a background job says; --follow it",
    load: () => import("./commands/logs.ts"),
  },
  {
    name: "worker",
    heading: "Background jobs:",
    summary: "Run background jobs (one starts by itself with train --background)",
    load: () => import("./commands/worker.ts"),
  },
  {
    name: "list-checkpoints",
    heading: "Runs and checkpoints:",
    summary: "The checkpoints of a run",
    load: () => import("./commands/list-checkpoints.ts"),
  },
  {
    name: "verify",
    heading: "Runs and checkpoints:",
    summary: "Check every byte of a run's checkpoints",
    load: () => import("./commands/verify.ts"),
  },
  {
    name: "verify-resume",
    heading: "Runs and checkpoints:",
    summary: "Kill and resume a small run at many points, compare the models",
    load: () => import("./commands/verify-resume.ts"),
  },
  {
    name: "rollback",
    heading: "Runs and checkpoints:",
    summary: "Go back to an earlier checkpoint",
    load: () => import("./commands/rollback.ts"),
  },
  {
    name: "pin",
    heading: "Runs and checkpoints:",
    summary: "Keep a checkpoint whatever cleans up",
    load: () => import("./commands/pin.ts"),
  },
  {
    name: "unpin",
    heading: "Runs and checkpoints:",
    summary: "Let a pinned checkpoint go again",
    load: () => import("./commands/unpin.ts"),
  },
  {
    name: "cleanup",
    heading: "Runs and checkpoints:",
    summary: "Remove old runs and checkpoints, never one that is in use",
    load: () => import("./commands/cleanup.ts"),
  },
  {
    name: "clear-cache",
    heading: "Runs and checkpoints:",
    summary: "Forget remembered answers and cached data",
    load: () => import("./commands/clear-cache.ts"),
  },
  {
    name: "predict",
    heading: "Use a model:",
    summary: "Predict for a file or for rows from stdin",
    load: () => import("./commands/predict.ts"),
  },
  {
    name: "evaluate",
    heading: "Use a model:",
    summary: "Measure a model on a labelled file",
    load: () => import("./commands/evaluate.ts"),
  },
  {
    name: "report",
    heading: "Use a model:",
    summary: "Write the report of a run or a model as a page",
    load: () => import("./commands/report.ts"),
  },
  {
    name: "models",
    heading: "Use a model:",
    summary: "List and show models; take them from and to other programs",
    load: () => import("./commands/models.ts"),
  },
  {
    name: "serve",
    heading: "Use a model:",
    summary: "Answer predictions over HTTP, on this machine",
    load: () => import("./commands/serve.ts"),
  },
  {
    name: "data",
    heading: "Data and set-up:",
    summary: "Inspect a file, generate a synthetic one",
    load: () => import("./commands/data.ts"),
  },
  {
    name: "setup",
    heading: "Data and set-up:",
    summary: "Set up TensorFlow for neural models",
    load: () => import("./commands/setup.ts"),
  },
  {
    name: "doctor",
    heading: "Data and set-up:",
    summary: "What works here, and how to mend what does not",
    load: () => import("./commands/doctor.ts"),
  },
  {
    name: "config",
    heading: "Data and set-up:",
    summary: "Show every setting and where it came from",
    load: () => import("./commands/config.ts"),
  },
  {
    name: "completion",
    heading: "Data and set-up:",
    summary: "Print a completion script for bash, zsh or fish",
    load: () => import("./commands/completion.ts"),
  },
];
