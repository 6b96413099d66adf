/** Words that a reader and its worker share: windows wanted and read so far, and whether reading failed or is over. */
export const WANTED = 0;
export const READ = 1;
export const STATE = 2;
export const CONTROL_WORDS = 3;

export const RUNNING = 0;
export const FAILED = 1;
export const ENDED = 2;

/** Windows lie in turn in so many places: one is worked on while the next is read. */
export const PLACES = 2;

export interface ReadAheadData {
  readonly descriptor: number;
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  /** Addresses of the places. */
  readonly places: readonly number[];
  /** Bytes of a window; the last of the file may be shorter. */
  readonly windowBytes: number;
  readonly fileBytes: number;
}
