import type { Services } from "../services.ts";

/** The services, made from the rooms; each room is loaded when a command asks for it. */
export const wiredServices: Services = {
  parameters: async () => (await import("../../training/settings/index.ts")).TRAINING_PARAMETERS,
  algorithms: async () => (await import("../../algorithms/index.ts")).ALGORITHMS,
  training: async () => (await import("./training.ts")).trainingService,
  checkpoints: async () => (await import("./checkpoints.ts")).checkpointService,
  models: async () => (await import("./models.ts")).modelService,
  data: async () => (await import("./data.ts")).dataService,
  reports: async () => (await import("./reports.ts")).reportService,
  backends: async () => (await import("./backends.ts")).backendService,
  jobs: async () => (await import("./jobs.ts")).jobService,
  serving: async () => (await import("./serving.ts")).servingService,
};
