import { isMainThread, type MessagePort, workerData } from "node:worker_threads";
import type { CheckpointPosition } from "../core/index.ts";
import type { Committed } from "./committer.ts";
import type { Outcome } from "./lease.ts";
import type { OpenedRun } from "./opened-run.ts";
import type { PackedState } from "./pack-state.ts";
import { SaverService } from "./saver.ts";
import type { StoreAddress } from "./store.ts";
import { localStore } from "./stores/local.ts";
import { type ErrorData, packError } from "./thread-errors.ts";

export interface WorkerStart {
  readonly address: StoreAddress;
  readonly runId: string;
  readonly token: number;
  readonly heartbeatMs: number;
}

interface WorkerData extends WorkerStart {
  readonly port: MessagePort;
}

export type ToWorker =
  | { readonly type: "begin"; readonly run: OpenedRun }
  | { readonly type: "commit"; readonly position: CheckpointPosition; readonly packed: PackedState }
  | { readonly type: "log"; readonly line: string }
  | { readonly type: "close"; readonly outcome: Outcome };

export type FromWorker =
  | { readonly type: "committed"; readonly result: Committed }
  | { readonly type: "failed"; readonly error: ErrorData }
  | { readonly type: "lost"; readonly error: ErrorData }
  | { readonly type: "closed"; readonly error?: ErrorData };

/** The thread that saves: its heartbeats and syncs go on whatever the training thread computes. */
function serve(): void {
  if (isMainThread) return;
  const { address, runId, token, heartbeatMs, port } = workerData as WorkerData;
  const say = (message: FromWorker): void => port.postMessage(message);
  const service = new SaverService(localStore(address.folder), runId, token, heartbeatMs, (error) =>
    say({ type: "lost", error: packError(error) }),
  );
  const commit = async (position: CheckpointPosition, packed: PackedState): Promise<void> => {
    try {
      say({ type: "committed", result: await service.commit(position, packed) });
    } catch (error) {
      if ((error as { kind?: string }).kind === "leased") service.lose(error as Error);
      say({ type: "failed", error: packError(error) });
    }
  };
  const close = async (outcome: Outcome): Promise<void> => {
    try {
      await service.close(outcome);
      say({ type: "closed" });
    } catch (error) {
      say({ type: "closed", error: packError(error) });
    }
    // The other side ends this thread once it has the answer.
  };
  port.on("message", (message: ToWorker) => {
    if (message.type === "begin") service.begin(message.run);
    else if (message.type === "commit") void commit(message.position, message.packed);
    else if (message.type === "log") service.log(message.line);
    else void close(message.outcome);
  });
}

serve();
