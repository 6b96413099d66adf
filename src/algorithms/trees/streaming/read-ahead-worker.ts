import { readSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { ENDED, FAILED, PLACES, READ, type ReadAheadData, STATE, WANTED } from "./read-ahead-protocol.ts";

const { descriptor, memory, control, places, windowBytes, fileBytes } = workerData as ReadAheadData;
const words = new Int32Array(control);
const windows = Math.ceil(fileBytes / windowBytes);

function readWindow(sequence: number): void {
  const start = (sequence % windows) * windowBytes;
  const bytes = Math.min(windowBytes, fileBytes - start);
  const into = new Uint8Array(memory.buffer, places[sequence % PLACES]!, bytes);
  for (let done = 0; done < bytes; ) {
    const read = readSync(descriptor, into, done, bytes - done, start + done);
    if (read === 0) throw new Error("the file of binned rows is too short");
    done += read;
  }
}

try {
  for (let sequence = 0; Atomics.load(words, STATE) !== ENDED; sequence++) {
    while (Atomics.load(words, WANTED) === sequence && Atomics.load(words, STATE) !== ENDED)
      Atomics.wait(words, WANTED, sequence);
    if (Atomics.load(words, STATE) === ENDED) break;
    readWindow(sequence);
    Atomics.store(words, READ, sequence + 1);
    Atomics.notify(words, READ);
  }
} catch {
  Atomics.store(words, STATE, FAILED);
  Atomics.notify(words, READ);
}
