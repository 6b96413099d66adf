import { parentPort, type Transferable, workerData } from "node:worker_threads";
import { type ErrorKind, KaaykoError } from "../core/errors.ts";
import { Transferred } from "./transferred.ts";

/** What a pool sends to a thread. */
export interface TaskMessage {
  readonly id: number;
  readonly task: string;
  readonly input: unknown;
}

/** What a thread sends back. */
export type Reply =
  | { readonly id: number; readonly result: unknown }
  | {
      readonly id: number;
      readonly error: {
        readonly message: string;
        readonly stack: string | undefined;
        /** Undefined where it was not a KaaykoError. */
        readonly kind: ErrorKind | undefined;
        readonly remedy: string | undefined;
      };
    };

type Tasks = Record<string, ((input: unknown) => unknown) | undefined>;

/** Runs the exported functions of the file that the pool names, one message after the other. */
function serve(port: NonNullable<typeof parentPort>): void {
  const tasks = import(workerData as string) as Promise<Tasks>;
  let last: Promise<void> = Promise.resolve();
  port.on("message", (message: TaskMessage) => {
    last = last.then(() => answer(port, tasks, message));
  });
}

async function answer(
  port: NonNullable<typeof parentPort>,
  tasks: Promise<Tasks>,
  message: TaskMessage,
): Promise<void> {
  const { id, task, input } = message;
  try {
    const run = (await tasks)[task];
    if (typeof run !== "function") throw new Error(`the worker file has no task ${task}`);
    const result = await run(input);
    const transfer: readonly Transferable[] = result instanceof Transferred ? result.transfer : [];
    port.postMessage({ id, result: result instanceof Transferred ? result.value : result }, transfer);
  } catch (error) {
    port.postMessage({ id, error: describe(error) });
  }
}

function describe(error: unknown): Extract<Reply, { error: unknown }>["error"] {
  if (!(error instanceof Error))
    return { message: String(error), stack: undefined, kind: undefined, remedy: undefined };
  const own = error instanceof KaaykoError ? error : undefined;
  return { message: error.message, stack: error.stack, kind: own?.kind, remedy: own?.remedy };
}

if (parentPort !== null) serve(parentPort);
