import { existsSync } from "node:fs";
import type { Style } from "../reports/text/index.ts";
import type { Context, Options } from "./context.ts";
import { jobsFolder } from "./job-flags.ts";

/** The jobs that wait or run, for `status`. */
export interface JobsSection {
  readonly documents: readonly object[];
  /** "" where there are none. */
  readonly text: (style: Style) => string;
}

/** Reads the queue beside the runs; where there never was a job nothing of it is loaded. */
export async function jobsSection(context: Context, options: Options): Promise<JobsSection> {
  const folder = jobsFolder(context, options);
  if (!existsSync(folder)) return { documents: [], text: () => "" };
  const { renderJobs, statusDocument } = await import("./commands/queue.ts");
  const listing = await (await context.services.jobs()).queue(folder).list();
  const jobs = listing.jobs.filter(({ job }) => ["queued", "running", "paused"].includes(job.state));
  const active = { jobs, damaged: listing.damaged };
  const isEmpty = jobs.length + listing.damaged.length === 0;
  return {
    documents: jobs.map(statusDocument),
    text: (style) => (isEmpty ? "" : renderJobs(active, folder, style)),
  };
}
