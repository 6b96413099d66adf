import { readdirSync, readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";

/** Longer than any test or hook takes on a machine that is not starved, and shorter than their limits. */
const STALL_MS = 45_000;
const LOOK_MS = 5000;
// A test may replace the clock.
const now = performance.now.bind(performance);

let since = now();
let looked = now();
let said = false;
let timer: NodeJS.Timeout | undefined;

function progress(): void {
  since = now();
  said = false;
}

/** What stands still is named before a time limit ends it: a limit alone says neither what was awaited nor of whom. */
function look(): void {
  const blocked = now() - looked - LOOK_MS;
  looked = now();
  if (said || now() - since < STALL_MS) return;
  said = true;
  const { testPath, currentTestName } = expect.getState();
  const seconds = Math.round((now() - since) / 1000);
  const loop =
    blocked > 1000 ? `the event loop stood still for ${Math.round(blocked / 1000)} s` : "the event loop turns";
  process.stderr.write(
    `No test or hook has ended for ${seconds} s in ${testPath}, last begun: ${currentTestName ?? "none"}; ${loop}.\n` +
      `Open: ${process.getActiveResourcesInfo().join(" ")}\n${waitingThreads().join("\n")}\n`,
  );
}

/** What each thread of this process waits for in the kernel, such as a disk that has to write (jbd2_log_wait_commit); only on Linux. */
function waitingThreads(): string[] {
  try {
    return readdirSync("/proc/self/task").map((id) =>
      ["comm", "wchan", "syscall"]
        .map((fact) => readFileSync(`/proc/self/task/${id}/${fact}`, "utf8").trim())
        .join(" | "),
    );
  } catch {
    return [];
  }
}

beforeAll(() => {
  progress();
  looked = now();
  timer = setInterval(look, LOOK_MS);
  timer.unref();
});
beforeEach(progress);
afterEach(progress);
afterAll(() => clearInterval(timer));
