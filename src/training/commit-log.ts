import type { CheckpointPosition, CheckpointSession, State } from "../core/index.ts";

/**
 * Hands states to a session and logs each commit once it is durable, never before: what the log calls committed is never
 * repeated. An error of a commit is thrown by the next call.
 */
export class CommitLog {
  readonly #session: CheckpointSession;
  #failure: { readonly error: unknown } | null = null;
  #watched: Promise<void> = Promise.resolve();
  #underWay = 0;

  constructor(session: CheckpointSession) {
    this.#session = session;
  }

  /** True while a commit is under way that a next one would have to wait for. */
  get busy(): boolean {
    return this.#underWay > 0;
  }

  async commit(position: CheckpointPosition, state: State): Promise<void> {
    this.check();
    await this.#session.commit(position, state);
    this.#underWay++;
    this.#watched = this.#watch(position);
  }

  /** Waits until the last commit is durable and logged. */
  async flush(): Promise<void> {
    await this.#watched;
    this.check();
    await this.#session.flush();
  }

  /** Throws what went wrong with an earlier commit. */
  check(): void {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure.error;
  }

  async #watch({ stage, step }: CheckpointPosition): Promise<void> {
    try {
      const receipt = await this.#session.flush();
      this.#session.event({ type: "commit", stage, step, ...receipt });
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#underWay--;
    }
  }
}
