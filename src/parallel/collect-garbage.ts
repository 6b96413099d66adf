import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | null = null;

/**
 * Collects garbage now. For before a large shared memory is made: V8 does not count such memory, so those that nobody holds any
 * more would wait for a collection that may not come for minutes. Takes some ten milliseconds; where Node does not offer it, nothing.
 */
export function collectGarbage(): void {
  try {
    if (collect === null) {
      setFlagsFromString("--expose-gc");
      collect = runInNewContext("gc") as () => void;
    }
    collect();
  } catch {
    collect = () => {};
  }
}
