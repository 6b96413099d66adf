/**
 * The frame: a small record at one address of the shared memory that tells every thread of a kernel where everything lies. Kernels say
 * what is in theirs; TypeScript learns the offsets from the constants that they export, so they are written down only there.
 */

/** The counter that hands out tasks, which has a cache line of its own. */
export const AT_NEXT_TASK: i32 = 0;

let frame: usize = 0;

/** Tells this thread where the frame is. */
export function attach(address: usize): void {
  frame = address;
}

// @ts-ignore: decorator
@inline
export function word(at: i32): i32 {
  return load<i32>(frame + <usize>at);
}

// @ts-ignore: decorator
@inline
export function pointer(at: i32): usize {
  return <usize>load<u32>(frame + <usize>at);
}

// @ts-ignore: decorator
@inline
export function real(at: i32): f64 {
  return load<f64>(frame + <usize>at);
}

/** The next task of the phase under way. Whichever thread asks gets it, so who did what may change nothing. */
// @ts-ignore: decorator
@inline
export function takeTask(): i32 {
  return atomic.add<i32>(frame + <usize>AT_NEXT_TASK, 1);
}
