/**
 * Words of a team's control block. A phase is opened by the leader and joined by whoever is awake: `gate` holds the phase's
 * number, whether it is open, and how many workers are inside. A worker that comes late finds the gate shut and waits for the next,
 * so that nobody is ever waited for who has not begun.
 */
export const PHASE = 0;
export const GATE = 1;
export const ROUTINE = 2;
export const FAILURES = 3;
export const CONTROL_WORDS = 16;

export const OPEN = 0x80;
export const INSIDE = 0x7f;

/** The part of a phase's number that the gate has room for. */
export function gateOf(phase: number): number {
  return (phase & 0x3fffff) << 8;
}
