/** The name of one change of one job. */
export interface RevisionName {
  readonly id: number;
  readonly revision: number;
}

/**
 * Where a queue is kept: immutable revisions that are created exclusively, and small notes that may be torn. A folder and
 * memory do it; Redis (`SET … NX`, a sorted set of names) or a bucket with conditional puts fits next. What the revisions
 * mean is decided above.
 */
export interface JobStore {
  /** For a person. */
  readonly name: string;
  /** Every revision there is, in no order. */
  names(): Promise<RevisionName[]>;
  /** A revision's bytes; undefined where it is gone; `damaged` where it is larger than may be. */
  read(name: RevisionName): Promise<Uint8Array | undefined>;
  /** Creates a revision, whole and durable; false where it exists. Exactly one of several callers wins. */
  publish(name: RevisionName, text: string): Promise<boolean>;
  /** Removes revisions in order, durably when this resolves, each before the next. What is gone is fine. */
  remove(names: readonly RevisionName[]): Promise<void>;
  /** Overwrites a job's heartbeat, not durably. */
  beat(id: number, text: string): Promise<void>;
  /** A job's heartbeat; undefined where there is none. May be a torn one. */
  readBeat(id: number): Promise<string | undefined>;
  /** Adds text to a job's log; the oldest goes where it becomes too large. */
  appendLog(id: number, text: string): Promise<void>;
  /** What a job's log has gained since a position (0: from its beginning), in whole lines. */
  readLog(id: number, from: number): Promise<LogPiece>;
  /** Forgets a job's heartbeat and log. */
  removeNotes(id: number): Promise<void>;
  /** Overwrites what a worker says of itself, not durably. */
  announce(worker: string, text: string): Promise<void>;
  /** What every worker said last; may be torn. */
  announced(): Promise<{ readonly name: string; readonly text: string }[]>;
  /** Forgets a worker; one that is gone is fine. */
  withdraw(worker: string): Promise<void>;
  /** Does work while no other worker of the same store does such work, as far as that can be had: it saves from handing
   * out more than there is, and never decides who owns a job. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Calls back, perhaps more often than needed, when something changed. Gives what ends it. */
  onChange(changed: () => void): () => void;
}

export interface LogPiece {
  readonly text: string;
  /** Where the next piece begins. */
  readonly next: number;
}
