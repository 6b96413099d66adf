import { setFlagsFromString } from "node:v8";

/** By how much V8 multiplies its room for new objects when much of them stays: its own default, and 1 for not at all. */
const USUAL_GROWTH = 2;
const NO_GROWTH = 1;

let holders = 0;

/**
 * Keeps V8's room for new objects as large as it is, until what is returned is called. V8 doubles that room up to some 50 MB once as
 * much as it holds has survived, which a loop of small steps reaches after many thousands of them: memory then grows without a leak.
 * A smaller room is collected more often, which costs a loop nothing that could be measured. Counts for the whole process; several
 * may hold at once, and the last one to let go ends it.
 */
export function holdYoungSpace(): () => void {
  if (holders++ === 0) setGrowth(NO_GROWTH);
  let held = true;
  return () => {
    if (held && --holders === 0) setGrowth(USUAL_GROWTH);
    held = false;
  };
}

function setGrowth(factor: number): void {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}
