import { beginJob } from "../jobs/index.ts";
import { runProgram } from "./program.ts";
import { processHost } from "./terminal/host.ts";
import { wiredServices } from "./wiring/index.ts";

/** The process of a background job: a command line, whose result is one document on stdout. */
const { message, report } = await beginJob();
const host = Object.assign(processHost(), {
  onProgress: ({ stage, subject, report: { step, total }, secondsLeft }: Progress) =>
    report({ stage, subject: subject ?? null, step, total: total ?? null, secondsLeft: secondsLeft ?? null }),
});
const argv = (message.argv as unknown[]).map(String);
process.exitCode = await runProgram([...argv, "--json", "--no-input"], wiredServices, host);

type Progress = Parameters<NonNullable<ReturnType<typeof processHost>["onProgress"]>>[0];
