import { workerData } from "node:worker_threads";
import { instantiateChain, type NamedModule } from "./instantiate.ts";
import { FAILURES, GATE, gateOf, INSIDE, OPEN, PHASE, ROUTINE } from "./thread-team-protocol.ts";

/** Looks for a new phase this often before it sleeps: phases of one round follow each other within microseconds. */
const SPINS = 2000;

interface TeamWorkerData {
  readonly memory: WebAssembly.Memory;
  readonly modules: readonly NamedModule[];
  readonly routines: readonly string[];
  readonly attach: readonly [string, number];
  readonly control: SharedArrayBuffer;
  readonly thread: number;
}

const { memory, modules, routines, attach, control, thread } = workerData as TeamWorkerData;
const words = new Int32Array(control);
const kernel = instantiateChain(memory, modules);
kernel[attach[0]]!(attach[1]);

function nextPhase(last: number): number {
  for (let spin = 0; spin < SPINS; spin++) {
    const phase = Atomics.load(words, PHASE);
    if (phase !== last) return phase;
  }
  Atomics.wait(words, PHASE, last);
  return Atomics.load(words, PHASE);
}

/** Goes in where the gate of this phase is still open. */
function enter(phase: number): boolean {
  for (;;) {
    const gate = Atomics.load(words, GATE);
    if ((gate & ~INSIDE) !== (gateOf(phase) | OPEN)) return false;
    if (Atomics.compareExchange(words, GATE, gate, gate + 1) === gate) return true;
  }
}

let phase = 0;
for (;;) {
  phase = nextPhase(phase);
  if (phase < 0) break;
  if (!enter(phase)) continue;
  try {
    kernel[routines[Atomics.load(words, ROUTINE)]!]!(thread);
  } catch {
    Atomics.add(words, FAILURES, 1);
  }
  Atomics.sub(words, GATE, 1);
  Atomics.notify(words, GATE);
}
