import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { KaaykoError } from "../core/index.ts";
import type { Committed } from "./committer.ts";
import type { FromWorker, ToWorker, WorkerStart } from "./save-worker.ts";
import type { Saver } from "./saver.ts";
import { unpackError } from "./thread-errors.ts";

type Done = (result: Committed | Error) => void;

/**
 * Starts the thread that saves. Its answers are taken in by the event loop, or by `poll` where a training step blocks that.
 * The thread keeps the process alive only while a commit is under way.
 */
export function workerSaver(start: WorkerStart): Saver {
  const { port1: port, port2 } = new MessageChannel();
  // Flags of the process may be such that no file can start with them (--input-type, of `node -e`).
  const options = { workerData: { ...start, port: port2 }, transferList: [port2], execArgv: [] };
  const worker = new Worker(workerUrl(), options);
  let done: Done | undefined;
  let lost: Error | undefined;
  let closed: ((error: Error | undefined) => void) | undefined;
  const rest = (): void => {
    worker.unref();
    port.unref();
  };
  const settle = (result: Committed | Error): void => {
    const waiting = done;
    done = undefined;
    if (closed === undefined) rest();
    waiting?.(result);
  };
  const receive = (message: FromWorker): void => {
    if (message.type === "committed") settle(message.result);
    else if (message.type === "failed") settle(unpackError(message.error));
    else if (message.type === "lost") lost = unpackError(message.error);
    else closed?.(message.error === undefined ? undefined : unpackError(message.error));
  };
  let finished = false;
  const die = (error: Error): void => {
    if (finished) return;
    // What the thread said before it ended comes first.
    poll();
    lost ??= error;
    settle(lost);
    closed?.(lost);
  };
  const poll = (): void => {
    for (;;) {
      const message = receiveMessageOnPort(port) as { message: FromWorker } | undefined;
      if (message === undefined) return;
      receive(message.message);
    }
  };
  port.on("message", receive);
  worker.on("error", (error) => die(threadDied(error)));
  worker.on("exit", () => die(threadDied(undefined)));
  rest();
  const post = (message: ToWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  return {
    begin: (run) => post({ type: "begin", run }),
    commit(position, packed, whenDone) {
      if (lost !== undefined) return whenDone(lost);
      done = whenDone;
      worker.ref();
      post(
        { type: "commit", position, packed },
        packed.arrays.map((array) => array.fresh.buffer),
      );
    },
    poll,
    get lost() {
      return lost;
    },
    log: (line) => post({ type: "log", line }),
    async close(outcome) {
      let error: Error | undefined;
      if (lost === undefined) {
        worker.ref();
        error = await new Promise<Error | undefined>((resolve) => {
          closed = resolve;
          post({ type: "close", outcome });
        });
      }
      finished = true;
      await worker.terminate();
      port.close();
      if (error !== undefined) throw error;
    },
  };
}

/** The built worker, also when this file runs from src/ in a test. */
function workerUrl(): URL {
  const here = import.meta.url;
  const base = here.endsWith(".ts") ? here.replace(/\/src\/(?!.*\/src\/)/, "/dist/") : here;
  return new URL("./save-worker.js", base);
}

function threadDied(cause: Error | undefined): KaaykoError {
  const got = cause === undefined ? {} : { got: cause.message };
  return new KaaykoError({
    action: "save checkpoints",
    rule: "the thread that saves must be running",
    ...got,
    remedy: "Resume the run; what was saved before is safe.",
    cause,
  });
}
