import { closeSync, openSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { builtUrl } from "../../../parallel/index.ts";
import { BlockParser, type BlockRange, type ParseOutcome, type ParsePlan } from "./block-parser.ts";

/** Parses blocks here or in worker threads. Outcomes are the same either way. */
export interface BlockThreads {
  /** Blocks that may usefully be under way at the same time. */
  readonly width: number;
  parse(block: BlockRange): Promise<ParseOutcome>;
  /** Takes back the values of a block that was used up, for another one. Without it every block would leave a megabyte to collect. */
  recycle(values: ArrayBuffer): void;
  close(): Promise<void>;
}

/** @param threads 1 parses in this thread */
export function startBlockThreads(path: string, plan: ParsePlan, threads: number): BlockThreads {
  return threads <= 1 ? inThisThread(path, plan) : inWorkers(path, plan, threads);
}

function inThisThread(path: string, plan: ParsePlan): BlockThreads {
  const file = openSync(path, "r");
  const parser = new BlockParser(plan);
  const spares: ArrayBuffer[] = [];
  return {
    width: 1,
    parse: async (block) => parser.parse(file, block, spares.pop()),
    recycle: (values) => {
      spares.push(values);
    },
    close: async () => closeSync(file),
  };
}

interface Job {
  readonly resolve: (outcome: ParseOutcome) => void;
  readonly reject: (error: unknown) => void;
}

function inWorkers(path: string, plan: ParsePlan, threads: number): BlockThreads {
  const seats = Array.from({ length: threads }, () => startSeat(path, plan));
  const spares: ArrayBuffer[] = [];
  let next = 0;
  return {
    width: threads * 3,
    // In turn, not to whoever is free: a worker's messages come back in the order in which it got its blocks.
    parse: (block) => seats[next++ % threads]!.parse(block, spares.pop()),
    recycle: (values) => {
      spares.push(values);
    },
    close: async () => {
      await Promise.all(seats.map((seat) => seat.close()));
    },
  };
}

function startSeat(path: string, plan: ParsePlan) {
  const worker = new Worker(builtUrl(import.meta.url, "./parse-worker.js"), {
    workerData: { path, plan },
    // Flags of the process may be such that no file can start with them (--input-type, of `node -e`).
    execArgv: [],
  });
  const jobs: Job[] = [];
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure = error;
    for (const job of jobs.splice(0)) job.reject(error);
  };
  const idle = (): void => {
    if (jobs.length === 0) worker.unref();
  };
  worker.on("message", (outcome: ParseOutcome) => {
    jobs.shift()?.resolve(outcome);
    idle();
  });
  worker.on("error", fail);
  worker.on("exit", (code) => fail(new Error(`The CSV worker stopped with code ${code}.`)));
  worker.unref();
  return {
    parse(block: BlockRange, spare: ArrayBuffer | undefined): Promise<ParseOutcome> {
      if (failure !== undefined) return Promise.reject(failure);
      worker.ref();
      worker.postMessage({ block, spare }, spare === undefined ? [] : [spare]);
      return new Promise((resolve, reject) => jobs.push({ resolve, reject }));
    },
    async close(): Promise<void> {
      failure ??= new Error("The CSV worker was closed.");
      await worker.terminate();
    },
  };
}
