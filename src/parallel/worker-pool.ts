import { type Transferable, Worker } from "node:worker_threads";
import { KaaykoError } from "../core/errors.ts";
import { builtUrl } from "./built-url.ts";
import type { Reply, TaskMessage } from "./worker-runner.ts";

export interface WorkerPoolOptions {
  /** The built file whose exported functions are the tasks: `builtUrl(import.meta.url, "./x-worker.js")`. */
  readonly url: URL;
  /** Threads. */
  readonly size: number;
  /** Megabytes for the short-lived objects of a thread. Default 16; less saves memory, more saves time. */
  readonly youngMegabytes?: number;
}

export interface RunOptions {
  /** The thread to run on, 0 to size − 1, for work that keeps state there. Default the one with the fewest tasks. */
  readonly worker?: number;
  /** Memory that goes over instead of being copied; shared memory is shared by itself. */
  readonly transfer?: readonly Transferable[];
}

/** Threads that run tasks. A thread runs its tasks in the order in which they were given, one at a time. */
export interface WorkerPool {
  readonly size: number;
  /**
   * Runs an exported function of the worker file on a thread and gives its result.
   *
   * @throws KaaykoError what the task threw (kind and remedy are kept), or that its thread died or the pool was closed
   */
  run<Result>(task: string, input: unknown, options?: RunOptions): Promise<Result>;
  /** Stops all threads. Tasks that are not finished are rejected. Nothing is left behind. */
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Member {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
  /** Why it takes no more tasks. */
  ended: KaaykoError | undefined;
}

/** Starts threads. They do not keep the process alive while they have nothing to do. */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const { size } = options;
  if (!(Number.isInteger(size) && size >= 1 && size <= 1024)) {
    throw new KaaykoError({
      action: "start threads",
      rule: "there must be 1 to 1024 of them",
      got: String(size),
      kind: "usage",
    });
  }
  const members = Array.from({ length: size }, () => startMember(options));
  let nextId = 0;
  return {
    size,
    run<Result>(task: string, input: unknown, { worker, transfer = [] }: RunOptions = {}): Promise<Result> {
      const member = worker === undefined ? leastBusy(members) : members[worker];
      if (member === undefined) return Promise.reject(threadError(`run ${task}`, `there is no thread ${worker}`));
      return send(member, { id: nextId++, task, input }, transfer) as Promise<Result>;
    },
    async close() {
      for (const member of members) end(member, threadError("finish a task", "its pool of threads was closed"));
      await Promise.all(members.map((member) => member.worker.terminate()));
    },
  };
}

function startMember({ url, youngMegabytes = 16 }: WorkerPoolOptions): Member {
  const worker = new Worker(builtUrl(import.meta.url, "./worker-runner.js"), {
    workerData: url.href,
    // Flags of the process may be such that no file can start with them (--input-type, of `node -e`).
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
  });
  const member: Member = { worker, waiting: new Map(), ended: undefined };
  worker.on("message", (reply: Reply) => settle(member, reply));
  worker.on("messageerror", (error) => end(member, threadError("finish a task", "its result must be readable", error)));
  worker.on("error", (error) =>
    end(member, threadError("finish a task", `its thread failed: ${reasonOf(error)}`, error)),
  );
  worker.on("exit", (code) => end(member, threadError("finish a task", `its thread ended with code ${code}`)));
  // A listener for messages refers to the thread again, so this comes after it.
  worker.unref();
  return member;
}

function send(member: Member, message: TaskMessage, transfer: readonly Transferable[]): Promise<unknown> {
  if (member.ended !== undefined) return Promise.reject(member.ended);
  return new Promise((resolve, reject) => {
    member.worker.postMessage(message, transfer);
    member.waiting.set(message.id, { resolve, reject });
    member.worker.ref();
  });
}

function settle(member: Member, reply: Reply): void {
  const waiting = member.waiting.get(reply.id);
  member.waiting.delete(reply.id);
  // A thread that is being ended must be waited for: its last reply may come after `close`.
  if (member.waiting.size === 0 && member.ended === undefined) member.worker.unref();
  if ("error" in reply) waiting?.reject(rebuilt(reply));
  else waiting?.resolve(reply.result);
}

function end(member: Member, reason: KaaykoError): void {
  member.ended ??= reason;
  const waiting = [...member.waiting.values()];
  member.waiting.clear();
  member.worker.unref();
  for (const one of waiting) one.reject(member.ended);
}

function leastBusy(members: readonly Member[]): Member {
  const alive = members.filter((member) => member.ended === undefined);
  return (alive.length > 0 ? alive : members).reduce((best, one) =>
    one.waiting.size < best.waiting.size ? one : best,
  );
}

/** The error of a task, as it was thrown in the thread. */
function rebuilt({ error }: Extract<Reply, { error: unknown }>): KaaykoError {
  const { message, kind, remedy } = error;
  const [, action, rule] = /^Cannot ([\s\S]*?): ([\s\S]*)$/.exec(message) ?? [];
  const parts = kind === undefined ? { action: "finish a task", rule: message } : { action: action!, rule: rule! };
  return new KaaykoError({
    ...parts,
    ...(kind === undefined ? {} : { kind }),
    ...(remedy === undefined ? {} : { remedy }),
    cause: error.stack,
  });
}

function threadError(action: string, rule: string, cause?: unknown): KaaykoError {
  return new KaaykoError({ action, rule, cause });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
